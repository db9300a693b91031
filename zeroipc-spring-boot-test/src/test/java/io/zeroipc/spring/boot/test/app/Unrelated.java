package io.zeroipc.spring.boot.test.app;

import org.springframework.stereotype.Service;

/** A component that has nothing to do with segments. */
@Service
public class Unrelated {}
