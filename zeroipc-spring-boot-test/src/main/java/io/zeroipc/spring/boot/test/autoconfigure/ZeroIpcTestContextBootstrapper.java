package io.zeroipc.spring.boot.test.autoconfigure;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/** Makes the context of {@link ZeroIpcTest}. */
class ZeroIpcTestContextBootstrapper extends TestSliceTestContextBootstrapper<ZeroIpcTest> {}
