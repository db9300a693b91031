package org.reactivestreams;

/** Stands for the interface of this name that reactive libraries bring along, and we do not. */
public interface Publisher {}
