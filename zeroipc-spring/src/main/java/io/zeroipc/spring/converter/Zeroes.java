package io.zeroipc.spring.converter;

/** What fills up elements that are longer than their contents. */
final class Zeroes {

    private Zeroes() {
    }

    /** How many bytes there are before the zeroes at the end. */
    static int lengthWithout(byte[] bytes) {
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return length;
    }
}
