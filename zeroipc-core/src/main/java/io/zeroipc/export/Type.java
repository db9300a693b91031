package io.zeroipc.export;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

import io.zeroipc.ElementSchema;
import io.zeroipc.PrintableText;

/** A type that needs a declaration. */
sealed interface Type {

    /** The name it has where that is free and legal. */
    String wantedName();

    /** The type of the fields that hold one of these constants, each by its index. */
    record Constants(String wantedName, Scalar scalar, List<String> names) implements Type {}

    /** What a {@link Struct} stands for. */
    enum Role {
        RECORD, OPTIONAL, FRAME
    }

    /** One field: {@code count} elements, one behind the other. */
    record Member(String name, Element element, int offset, int count) {

        int end() {
            return offset + count * element.byteSize();
        }
    }

    /** What stands one behind the other in a {@link Struct}: a member, or bytes that belong to none. */
    sealed interface Part {

        record Field(Member member) implements Part {}

        record Padding(int offset, int byteSize) implements Part {}
    }

    /** Fields at fixed places. */
    record Struct(String wantedName, Role role, ElementSchema schema, List<Member> members) implements Type {

        /** Sorts the members by offset. */
        public Struct {
            members = members.stream().sorted(Comparator.comparingInt(Member::offset)).toList();
            int end = 0;
            for (Member member : members) {
                if (member.offset() < end || (long) member.offset()
                        + (long) member.count() * member.element().byteSize() > schema.byteSize()) {
                    throw new IllegalArgumentException("record cannot be a struct: type="
                            + PrintableText.of(schema.typeName()) + ", field=" + PrintableText.of(member.name())
                            + ", offset=" + member.offset() + " (expected: fields that do not overlap, within "
                            + schema.byteSize() + " bytes)");
                }
                end = member.end();
            }
        }

        int byteSize() {
            return schema.byteSize();
        }

        /**
         * To how many bytes fields are aligned at most, where compilers would otherwise put them elsewhere or make the whole
         * larger; 8 for what is laid out as usual.
         */
        int packing() {
            int packing = declaredAlignment();
            while (members.stream().anyMatch(new Packed(packing)::isMisplaced)) {
                packing /= 2;
            }
            return members.stream().allMatch(new Packed(packing)::isNatural) ? Long.BYTES : packing;
        }

        boolean isPacked() {
            return packing() < Long.BYTES;
        }

        /** What the compiler makes of the members alone. */
        int naturalAlignment() {
            int packing = packing();
            return members.stream()
                    .mapToInt(member -> Math.min(packing, member.element().alignment()))
                    .max()
                    .orElse(1);
        }

        /** The one of the type in other languages. A packed one cannot have a larger one than its members. */
        int alignment() {
            return isPacked() ? naturalAlignment() : declaredAlignment();
        }

        /** Members and the bytes that must be written out so that each has its place, and the whole its size. */
        List<Part> parts() {
            int packing = packing();
            List<Part> parts = new ArrayList<>();
            int end = 0;
            for (Member member : members) {
                int natural = alignUp(end, Math.min(packing, member.element().alignment()));
                if (natural < member.offset()) {
                    parts.add(new Part.Padding(end, member.offset() - end));
                }
                parts.add(new Part.Field(member));
                end = member.end();
            }
            if (alignUp(end, naturalAlignment()) < byteSize()) {
                parts.add(new Part.Padding(end, byteSize() - end));
            }
            return parts;
        }

        /** Bytes that belong to no field, nor to one of a field's own: wherever a compiler leaves what it likes. */
        List<Part.Padding> gaps() {
            BitSet used = new BitSet(byteSize());
            cover(used, 0);
            List<Part.Padding> gaps = new ArrayList<>();
            int from = used.nextClearBit(0);
            while (from < byteSize()) {
                int next = used.nextSetBit(from);
                int end = next < 0 ? byteSize() : next;
                gaps.add(new Part.Padding(from, end - from));
                from = used.nextClearBit(end);
            }
            return gaps;
        }

        private void cover(BitSet used, int at) {
            for (Member member : members) {
                for (int i = 0; i < member.count(); i++) {
                    int begin = at + member.offset() + i * member.element().byteSize();
                    if (member.element() instanceof Element.Structured(var nested)) {
                        nested.cover(used, begin);
                    } else {
                        used.set(begin, begin + member.element().byteSize());
                    }
                }
            }
        }

        /** As it is said, unless no array of such elements could have it. */
        private int declaredAlignment() {
            return Math.min(schema.alignment(), Integer.lowestOneBit(schema.byteSize()));
        }

        private static int alignUp(int offset, int alignment) {
            return Math.toIntExact((offset + alignment - 1L) & -alignment);
        }

        private record Packed(int packing) {

            boolean isMisplaced(Member member) {
                return member.offset() % Math.min(packing, member.element().alignment()) != 0;
            }

            boolean isNatural(Member member) {
                return member.element().alignment() <= packing;
            }
        }
    }
}
