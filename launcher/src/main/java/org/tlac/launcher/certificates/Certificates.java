package org.tlac.launcher.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;

/**
 * The school's own certificate authority and the gateway's certificate, as PEM files: made at first start, the latter renewed when it is
 * about to end or the machine has other names. People trust the authority once.
 */
public final class Certificates {

    static final Duration AUTHORITY_LIFETIME = Duration.ofDays(3650);

    /** Browsers refuse server certificates that live longer than 398 days (CA/Browser Forum, SC31). */
    static final Duration SERVER_LIFETIME = Duration.ofDays(397);

    static final Duration RENEW_BEFORE = Duration.ofDays(30);

    /** Files: the authority, its key, the gateway's certificate with the authority after it, and its key. */
    public static final String AUTHORITY = "ca.crt";

    static final String AUTHORITY_KEY = "ca.key";
    public static final String SERVER = "server.crt";
    public static final String SERVER_KEY = "server.key";

    private static final X500Name AUTHORITY_NAME = new X500Name("O=TLAC,CN=TLAC internal authority");

    private final Path folder;
    private final InstantSource clock;

    public Certificates(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    private Path authority() {
        return folder.resolve(AUTHORITY);
    }

    private Path authorityKey() {
        return folder.resolve(AUTHORITY_KEY);
    }

    private Path server() {
        return folder.resolve(SERVER);
    }

    private Path serverKey() {
        return folder.resolve(SERVER_KEY);
    }

    /** Makes what is missing or about to end, for these DNS names and IP addresses. */
    public void prepare(SortedSet<String> names) {
        try {
            if (!Files.exists(authority()) || !Files.exists(authorityKey()) || isAuthorityAboutToEnd()) {
                createAuthority();
                Files.deleteIfExists(server());
            }
            if (!Files.exists(server()) || !Files.exists(serverKey()) || isOutdated(names)) {
                createServer(names);
            }
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new UserError("Cannot make certificates in " + folder, e);
        }
    }

    /** A certificate must not outlive the one that signed it. */
    private boolean isAuthorityAboutToEnd() throws IOException, GeneralSecurityException {
        Instant end = read(authority()).getNotAfter().toInstant();
        return end.isBefore(clock.instant().plus(SERVER_LIFETIME));
    }

    private boolean isOutdated(SortedSet<String> names) throws IOException, GeneralSecurityException {
        X509Certificate certificate = read(server());
        Instant end = certificate.getNotAfter().toInstant();
        Collection<List<?>> known = certificate.getSubjectAlternativeNames();
        SortedSet<String> current = new TreeSet<>();
        if (known != null) {
            known.forEach(name -> current.add(name.get(1).toString()));
        }
        return end.minus(RENEW_BEFORE).isBefore(clock.instant()) || !current.equals(names);
    }

    private void createAuthority() throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPair keys = keys();
        var builder = builder(AUTHORITY_NAME, AUTHORITY_NAME, keys, AUTHORITY_LIFETIME);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
        Home.writePrivate(authorityKey(), pem(new JcaPKCS8Generator(keys.getPrivate(), null)));
        Home.writePublic(authority(), pem(sign(builder, keys.getPrivate())));
    }

    private void createServer(SortedSet<String> names)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        X509Certificate issuer = read(authority());
        KeyPair keys = keys();
        var builder = builder(AUTHORITY_NAME, new X500Name("O=TLAC,CN=localhost"), keys, SERVER_LIFETIME);
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.getPublicKey()));
        Home.writePrivate(serverKey(), pem(new JcaPKCS8Generator(keys.getPrivate(), null)));
        Home.writePublic(server(), pem(sign(builder, readKey(authorityKey()))) + pem(issuer));
    }

    private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair keys, Duration lifetime) {
        Instant now = clock.instant();
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, new SecureRandom()),
                // Machines whose clock is behind must accept it too.
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(lifetime).minus(Duration.ofHours(1))),
                subject,
                keys.getPublic());
    }

    private static boolean isAddress(String name) {
        return name.matches("[0-9.]+") || name.contains(":");
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }

    private static String pem(Object content) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        return text.toString();
    }

    public static X509Certificate read(Path file) throws IOException, GeneralSecurityException {
        try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
            if (parser.readObject() instanceof X509CertificateHolder holder) {
                return new JcaX509CertificateConverter().getCertificate(holder);
            }
            throw new IOException(file + " holds no certificate");
        }
    }

    public static PrivateKey readKey(Path file) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
            return new JcaPEMKeyConverter().getPrivateKey((PrivateKeyInfo) parser.readObject());
        }
    }
}
