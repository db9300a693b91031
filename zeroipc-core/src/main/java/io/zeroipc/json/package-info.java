/**
 * The JSON of catalogues and manifests: enough to write them, and to read those that other programs wrote.
 */
@NullMarked
package io.zeroipc.json;

import org.jspecify.annotations.NullMarked;
