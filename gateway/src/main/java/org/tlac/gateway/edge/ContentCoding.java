package org.tlac.gateway.edge;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A form in which a body may travel, the smallest first: what the client likes as much as another comes in the smaller one. */
public enum ContentCoding {
    BROTLI("br"),
    GZIP("gzip"),
    IDENTITY("identity");

    /** {@code gzip;q=0.8}, of which the weight has three digits at most (RFC 9110, 12.4.2). */
    private static final Pattern ITEM =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+)\\s*(?:;\\s*[qQ]=([01])(?:\\.([0-9]{0,3}))?)?");

    private static final int WHOLE = 1000;

    private final String token;

    ContentCoding(String token) {
        this.token = token;
    }

    /** As in {@code Content-Encoding}. */
    public String token() {
        return token;
    }

    /**
     * The best of what is offered.
     *
     * @param accept {@code Accept-Encoding} as sent; without it nothing but the bytes as they are is sure to be understood
     * @param offered beside {@link #IDENTITY}, which is always there: also for clients that refuse all, since an answer in a form they
     *     did not ask for says more than 406
     */
    public static ContentCoding best(Optional<String> accept, Set<ContentCoding> offered) {
        if (accept.isEmpty() || offered.isEmpty()) {
            return IDENTITY;
        }
        String[] items = accept.get().toLowerCase(Locale.ROOT).split(",", -1);
        ContentCoding best = IDENTITY;
        int highest = 0;
        for (ContentCoding coding : values()) {
            int weight = offered.contains(coding) && coding != IDENTITY
                    ? weight(items, coding).orElse(0)
                    : 0;
            if (weight > highest) {
                best = coding;
                highest = weight;
            }
        }
        // Not mentioned, the bytes as they are will do, but less than what is asked for by name.
        return highest >= weight(items, IDENTITY).orElse(1) ? best : IDENTITY;
    }

    /** In thousandths; empty when the client says nothing about it. What is malformed is passed over. */
    private static OptionalInt weight(String[] items, ContentCoding coding) {
        OptionalInt any = OptionalInt.empty();
        for (String item : items) {
            Matcher matcher = ITEM.matcher(item.strip());
            if (!matcher.matches()) {
                continue;
            }
            String name = matcher.group(1);
            if (name.equals(coding.token) || (coding == GZIP && name.equals("x-gzip"))) {
                return OptionalInt.of(thousandths(matcher));
            }
            if (name.equals("*")) {
                any = OptionalInt.of(thousandths(matcher));
            }
        }
        return any;
    }

    private static int thousandths(Matcher matcher) {
        if (matcher.group(2) == null) {
            return WHOLE;
        }
        String fraction = matcher.group(3) == null ? "" : matcher.group(3);
        return Math.min(WHOLE, Integer.parseInt(matcher.group(2) + (fraction + "000").substring(0, 3)));
    }
}
