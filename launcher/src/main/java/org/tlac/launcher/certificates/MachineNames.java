package org.tlac.launcher.certificates;

import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** How this machine may be called in a URL: localhost, its host name, its addresses. */
public final class MachineNames {

    private MachineNames() {}

    public static SortedSet<String> all() {
        SortedSet<String> names = new TreeSet<>(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"));
        addHostName(names);
        addAddresses(names);
        return names;
    }

    /** From the kernel, not by asking the network for names: that may take seconds, or fail. */
    private static void addHostName(SortedSet<String> names) {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            if (name.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
                names.add(name);
            }
        } catch (IOException e) {
            // A machine without a name is still localhost.
        }
    }

    private static void addAddresses(SortedSet<String> names) {
        try {
            for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress address : network.getInterfaceAddresses()) {
                    if (!address.getAddress().isLinkLocalAddress()) {
                        names.add(address.getAddress().getHostAddress().replaceFirst("%.*", ""));
                    }
                }
            }
        } catch (SocketException e) {
            // A machine without a network is still localhost.
        }
    }
}
