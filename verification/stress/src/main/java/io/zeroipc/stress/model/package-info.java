/**
 * The protocol by which a queue recovers from the death of processes, as a model, and a checker that goes through all its states.
 * {@link io.zeroipc.stress.model.Protocol} has the rules, {@link io.zeroipc.stress.model.Scenarios} what is checked, and
 * {@link io.zeroipc.stress.model.Main} runs it.
 */
@NullMarked
package io.zeroipc.stress.model;

import org.jspecify.annotations.NullMarked;
