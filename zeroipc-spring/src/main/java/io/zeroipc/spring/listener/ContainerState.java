package io.zeroipc.spring.listener;

/** Where a container is in its life. */
public enum ContainerState {

    /** Never started. */
    CREATED,
    /** Started; at least one of its channels is not there yet. */
    STARTING,
    /** Consuming. */
    RUNNING,
    /** Started and paused: no thread takes elements. */
    PAUSED,
    /** Asked to stop; a call of the listener has not returned yet. */
    STOPPING,
    /** Not consuming, as somebody wanted. */
    STOPPED,
    /** Not consuming, because of an error. Can be started again. */
    FAILED
}
