package io.zeroipc.spring.cloud.stream.binder;

import java.nio.file.Path;
import java.util.UUID;

import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.PartitionCapableBinderTests;
import org.springframework.cloud.stream.binder.Spy;
import org.springframework.integration.channel.QueueChannel;

import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcConsumerProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcProducerProperties;

/** What Spring Cloud Stream expects of any binder that knows partitions, in its own words. */
class BinderContractTests extends
        PartitionCapableBinderTests<ZeroIpcTestBinder, ExtendedConsumerProperties<ZeroIpcConsumerProperties>,
                ExtendedProducerProperties<ZeroIpcProducerProperties>> {

    @TempDir
    private Path directory;

    @Override
    protected ZeroIpcTestBinder getBinder() {
        if (testBinder == null) {
            testBinder = new ZeroIpcTestBinder(applicationContext, directory);
        }
        return testBinder;
    }

    @Override
    protected ExtendedConsumerProperties<ZeroIpcConsumerProperties> createConsumerProperties() {
        return new ExtendedConsumerProperties<>(new ZeroIpcConsumerProperties());
    }

    @Override
    protected ExtendedProducerProperties<ZeroIpcProducerProperties> createProducerProperties(TestInfo testInfo) {
        return new ExtendedProducerProperties<>(new ZeroIpcProducerProperties());
    }

    @Override
    protected boolean usesExplicitRouting() {
        return true;
    }

    @Override
    protected String getClassUnderTestName() {
        return ZeroIpcMessageChannelBinder.class.getSimpleName();
    }

    @Override
    public Spy spyOn(String name) {
        QueueChannel seen = new QueueChannel();
        getBinder().bindConsumer(name, "spy-" + UUID.randomUUID(), seen, createConsumerProperties());
        return expectNull -> seen.receive(expectNull ? 0 : 10_000);
    }
}
