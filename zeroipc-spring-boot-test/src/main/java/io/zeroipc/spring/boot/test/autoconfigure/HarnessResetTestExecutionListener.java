package io.zeroipc.spring.boot.test.autoconfigure;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

import io.zeroipc.spring.boot.test.ChannelListenerTestHarness;

/** Keeps the calls of one test method from those of the next, which has the same context. */
class HarnessResetTestExecutionListener implements TestExecutionListener {

    @Override
    public void afterTestMethod(TestContext testContext) {
        if (testContext.hasApplicationContext()) {
            testContext.getApplicationContext()
                    .getBeanProvider(ChannelListenerTestHarness.class)
                    .ifAvailable(ChannelListenerTestHarness::clear);
        }
    }
}
