package io.zeroipc.spring.boot.test;

import java.util.List;
import java.util.stream.Stream;

import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.AbstractDoubleAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;

import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.Preview;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.Segment;

/**
 * Assertions about a structure; see {@link ZeroIpcAssertions}.
 *
 * <p>
 * Elements are compared by what their bytes mean. So a record is equal to an expected record of any class with the same
 * fields, or to a map of its fields, and a whole number to every other one of the same value.
 */
public final class StructureAssert extends AbstractAssert<StructureAssert, StructureReport> {

    private final Segment segment;

    private StructureAssert(Segment segment, StructureReport actual) {
        super(actual, StructureAssert.class);
        this.segment = segment;
    }

    static StructureAssert of(Segment segment, String name) {
        return new StructureAssert(segment, Inspector.report(segment, name)
                .orElseThrow(() -> new AssertionError("structure is not in the segment: segment=" + segment.name()
                        + ", name=" + name)));
    }

    /** It is of this type, as in configuration: {@code queue}, {@code ring}, {@code state}, ... */
    public StructureAssert hasType(String type) {
        return check(actual.kind().equals(type), "to be of type <%s>%nbut it is of type <%s>", type, actual.kind());
    }

    /** Its elements have this type: {@code int32}, {@code string(16)}, or the name of a record. */
    public StructureAssert hasElementType(String type) {
        return check(actual.elementType().equals(type), "to have elements of type <%s>%nbut they are of type <%s>",
                type, actual.elementType());
    }

    /** So many elements are in it. */
    public StructureAssert hasSize(long elements) {
        return check(size() == elements, "to have size <%s>%nbut it has size <%s>", elements, size());
    }

    /** Nothing is in it. */
    public StructureAssert isEmpty() {
        return check(size() == 0, "to be empty%nbut it has size <%s>", size());
    }

    /** Something is in it. */
    public StructureAssert isNotEmpty() {
        return check(size() > 0, "not to be empty");
    }

    /** It has room for no further element. */
    public StructureAssert isFull() {
        return check(size() == capacity(), "to be full%nbut it has size <%s> of <%s>", size(), capacity());
    }

    /** It has room for so many elements in all. */
    public StructureAssert hasCapacity(long elements) {
        return check(capacity() == elements, "to have a capacity of <%s>%nbut it has <%s>", elements, capacity());
    }

    /** About the elements in it over its capacity, from 0 to 1. */
    public AbstractDoubleAssert<?> usage() {
        return Assertions.assertThat(actual.occupancy().usage()).as("usage of %s", describe());
    }

    /** These are its elements, in the order in which they would be taken; of a ring or stream, from the oldest to the newest. */
    public StructureAssert containsExactly(Object... elements) {
        contents().containsExactlyElementsOf(loosely(elements));
        return this;
    }

    /** These are among its elements. */
    public StructureAssert contains(Object... elements) {
        contents().containsAll(loosely(elements));
        return this;
    }

    /** These are not among its elements. */
    public StructureAssert doesNotContain(Object... elements) {
        contents().doesNotContainAnyElementsOf(loosely(elements));
        return this;
    }

    /**
     * About all elements in it: texts, {@code Boolean}, {@code Float}, {@code Double}, {@code Long} for every whole number,
     * hexadecimal digits for bytes, and maps for records. Fails for kinds whose elements cannot be looked at, such as
     * sets, maps and pools.
     */
    public ListAssert<Object> contents() {
        Preview preview = Preview.of(segment, actual, Integer.MAX_VALUE).orElse(null);
        if (preview == null) {
            failWithMessage("%nExpecting %s%nto have elements that can be looked at", describe());
            throw new AssertionError("unreachable");
        }
        return Assertions
                .assertThat(preview.elements()
                        .stream()
                        .map(element -> LooseValue.of(element.value()))
                        .toList())
                .as("elements of %s", describe());
    }

    private static List<Object> loosely(Object... elements) {
        return Stream.of(elements).map(LooseValue::of).toList();
    }

    private long size() {
        return actual.occupancy().used();
    }

    private long capacity() {
        return actual.occupancy().capacity();
    }

    private String describe() {
        return actual.kind() + " <" + segment.name() + "/" + actual.name() + ">";
    }

    private StructureAssert check(boolean holds, String expectation, Object... arguments) {
        if (!holds) {
            Object[] all = Stream.concat(Stream.of((Object) describe()), Stream.of(arguments)).toArray();
            failWithMessage("%nExpecting %s%n" + expectation, all);
        }
        return this;
    }
}
