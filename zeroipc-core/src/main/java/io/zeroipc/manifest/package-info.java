/**
 * Where everything lies in a segment, as a JSON file that NumPy, Node.js or a spreadsheet can use without this library:
 * written for a segment, and read for a packed arena, which is a file with a manifest and no table.
 */
@NullMarked
package io.zeroipc.manifest;

import org.jspecify.annotations.NullMarked;
