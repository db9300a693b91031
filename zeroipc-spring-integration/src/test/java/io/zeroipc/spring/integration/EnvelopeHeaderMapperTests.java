package io.zeroipc.spring.integration;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.messaging.MessageHeaders;

import io.zeroipc.spring.core.envelope.Envelope;

import static org.assertj.core.api.Assertions.assertThat;

class EnvelopeHeaderMapperTests {

    private final EnvelopeHeaderMapper mapper = new EnvelopeHeaderMapper();

    private Map<String, String> written(Map<String, Object> headers) {
        Map<String, String> written = new HashMap<>();
        mapper.fromHeaders(new MessageHeaders(headers), written);
        return written;
    }

    @ParameterizedTest
    @CsvSource({"plain, plain", "trade-id, trade-id", "scst_partition, scst_partition", "orderId, _order_id",
            "X-Request-ID, __x-_request-_i_d", "größe, _gr_.00f6_.00dfe", "_marked, __.005fmarked", "a b, _a_.0020b"})
    void nameIsWrittenInTheCharactersOfEnvelopesAndReadBack(String name, String written) {
        assertThat(HeaderNames.toEnvelope(name)).isEqualTo(written);
        assertThat(HeaderNames.toMessage(written)).isEqualTo(name);
        // Which would refuse others.
        assertThat(Envelope.of(new byte[0]).header(written, "").build().headers()).containsKey(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_", "__", "_a__", "_1_", "_a_.00g0", "_a_.00", "_a_-"})
    void nameThatAnotherProgramHasMadeUpIsTakenAsItIs(String written) {
        assertThat(HeaderNames.toMessage(written)).isIn(written, written.substring(1));
        assertThat(mapper.toHeaders(Map.of(written, "x")).values()).containsExactly("x");
    }

    @Test
    void headersOfThisProcessStayHere() {
        assertThat(written(Map.of("replyChannel", "a", "errorChannel", "b", "zeroipc_segment", "c", "deliveryAttempt",
                1, "json__TypeId__", String.class, "object", new Object(), "wanted", 2)))
                .isEqualTo(Map.of("wanted", "2"));
        assertThat(mapper.toHeaders(Map.of("_reply_channel", "a", "_error_channel", "b", "zeroipc_segment", "c",
                "_json_.005f_.005f_type_id_.005f_.005f", "java.lang.String", "id", "d", "wanted", "2")))
                .isEqualTo(Map.of("wanted", "2"));
    }

    @Test
    void numbersThatSpringIntegrationLooksAtAreNumbersAgain() {
        assertThat(mapper.toHeaders(written(Map.of("sequenceNumber", 3, "sequenceSize", 4, "priority", 5,
                "expirationDate", 6L, "other", 7))))
                .isEqualTo(Map.of("sequenceNumber", 3, "sequenceSize", 4, "priority", 5, "expirationDate", 6L, "other",
                        "7"));
        assertThat(mapper.toHeaders(Map.of("priority", "high"))).isEqualTo(Map.of("priority", "high"));
    }

    @Test
    void headerThatOthersCallSoDoesNotSayWhatThePayloadIs() {
        assertThat(written(Map.of("contentType", "application/json", "content-type", "text/html", "correlationId", 1,
                "correlation-id", 2)))
                .isEqualTo(Map.of("content-type", "application/json", "correlation-id", "1"));
        assertThat(written(Map.of("content-type", "text/html"))).isEqualTo(Map.of("content-type", "text/html"));
    }

    @Test
    void patternsSayWhatTravels() {
        mapper.setOutboundHeaderNames("!tradeSecret", "trade*");
        assertThat(written(Map.of("tradeId", 1, "tradeSecret", 2, "other", 3))).isEqualTo(Map.of("_trade_id", "1"));
        mapper.setInboundHeaderNames("!tradeId", "*");
        assertThat(mapper.toHeaders(Map.of("_trade_id", "1", "other", "3"))).isEqualTo(Map.of("other", "3"));
        assertThat(mapper).hasToString("EnvelopeHeaderMapper[outbound=[!tradeSecret, trade*], inbound=[!tradeId, *]]");
    }
}
