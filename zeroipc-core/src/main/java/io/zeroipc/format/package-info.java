/**
 * The binary contract: every offset, size, state word and check of the ZeroIPC v2 format. Pure functions without state;
 * one descriptor per structure, each compared with its page in {@code docs/format}.
 */
@NullMarked
package io.zeroipc.format;

import org.jspecify.annotations.NullMarked;
