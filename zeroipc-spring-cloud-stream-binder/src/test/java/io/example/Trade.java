package io.example;

/**
 * A trade as a C++ struct would have it.
 *
 * @param id its number
 * @param quantity how many
 * @param price of one
 */
public record Trade(int id, int quantity, double price) {}
