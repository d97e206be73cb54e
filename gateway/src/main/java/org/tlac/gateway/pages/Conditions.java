package org.tlac.gateway.pages;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.Call;

/** What a client has already, and which part it wants: RFC 9110, 13 and 14. Pure rules over the headers' text. */
final class Conditions {

    /** One entity tag of a list. A comma inside the quotes belongs to the tag. */
    private static final Pattern TAG = Pattern.compile("\\s*(?:W/)?(\"[\\x21\\x23-\\x7e\\x80-\\xff]*\")\\s*(?:,|$)");

    private static final Pattern RANGE = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*");

    /** IMF-fixdate, the one form that clients of this century send. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private Conditions() {}

    /** Whether the client has this representation: 304. {@code modified} is null for what has no such date. */
    static boolean has(Call call, String tag, @Nullable Instant modified) {
        Optional<String> tags = call.header("If-None-Match");
        if (tags.isPresent()) {
            return lists(tags.get(), tag);
        }
        return modified != null
                && call.header("If-Modified-Since")
                        .filter(since -> notModifiedSince(since, modified))
                        .isPresent();
    }

    /** Weak comparison: {@code W/"a"} is {@code "a"}. */
    static boolean lists(String tags, String tag) {
        if (tags.strip().equals("*")) {
            return true;
        }
        Matcher matcher = TAG.matcher(tags);
        while (matcher.lookingAt()) {
            if (matcher.group(1).equals(tag)) {
                return true;
            }
            matcher.region(matcher.end(), tags.length());
        }
        return false;
    }

    /** What cannot be read as a date is no condition. */
    static boolean notModifiedSince(String since, Instant modified) {
        try {
            Instant date = ZonedDateTime.parse(since.strip(), DATE.withZone(ZoneOffset.UTC))
                    .toInstant();
            return modified.getEpochSecond() <= date.getEpochSecond();
        } catch (DateTimeException e) {
            return false;
        }
    }

    static String date(Instant instant) {
        return DATE.format(instant.atZone(ZoneOffset.UTC));
    }

    /** What of a representation is sent. */
    sealed interface Part {

        record Whole() implements Part {}

        /** Both ends belong to it. */
        record Bytes(long first, long last) implements Part {
            long length() {
                return last - first + 1;
            }
        }

        /** It begins beyond the end: 416. */
        record Beyond() implements Part {}
    }

    /**
     * The part of a GET that is wanted. Several ranges are answered with the whole, which a server may always do.
     *
     * @param tag strong; a range of something else would be pieced together with what the client has
     */
    static Part part(Call call, String tag, long length) {
        Optional<String> range = call.method().equals("GET") ? call.header("Range") : Optional.empty();
        // A date is no strong validator here: two versions of a file may be a millisecond apart.
        boolean same =
                call.header("If-Range").map(known -> known.strip().equals(tag)).orElse(true);
        return range.isPresent() && same ? part(range.get(), length) : new Part.Whole();
    }

    static Part part(String range, long length) {
        Matcher matcher = RANGE.matcher(range.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return new Part.Whole();
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(Long.parseLong(matcher.group(2)), length);
            return suffix == 0 ? new Part.Beyond() : new Part.Bytes(length - suffix, length - 1);
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
        if (last < first) {
            return new Part.Whole();
        }
        return first >= length ? new Part.Beyond() : new Part.Bytes(first, Math.min(last, length - 1));
    }
}
