/**
 * The first process of the sample: shows the figures and takes the alerts, starts the publisher, and starts it again.
 */
@NullMarked
package io.zeroipc.sample.app;

import org.jspecify.annotations.NullMarked;
