package io.zeroipc.stress.model;

import java.util.Arrays;

/** A stack of numbers, without boxing. */
final class Numbers {

    private int[] numbers = new int[64];
    private int size;

    void push(int number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = number;
    }

    int pop() {
        return numbers[--size];
    }

    int last() {
        return numbers[size - 1];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        size = 0;
    }
}
