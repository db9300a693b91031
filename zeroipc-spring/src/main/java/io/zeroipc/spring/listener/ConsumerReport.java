package io.zeroipc.spring.listener;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.ChannelName;

/**
 * One thread of a running container.
 *
 * @param thread its name
 * @param channel what it consumes
 * @param attached whether the channel is there
 * @param processed elements that it handed to the listener, since the container started
 * @param failed how many of these failed
 * @param lastActivity when it took an element last, or one of the fifteen before that, behind two in the same millisecond
 *            and as long as there are more; null before the first
 * @param roomWait what it waits for, when there is no room for what the listener sends; null when it does not
 */
public record ConsumerReport(String thread, ChannelName channel, boolean attached, long processed, long failed,
        @Nullable Instant lastActivity, @Nullable RoomWait roomWait) {}
