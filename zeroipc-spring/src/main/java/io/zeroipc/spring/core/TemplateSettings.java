package io.zeroipc.spring.core;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.converter.PayloadConverters;

/** What a template was told before its first use, for all its channels. */
final class TemplateSettings {

    private String name = "zeroIpcTemplate";
    private TemplateConversion conversion = new TemplateConversion(new PayloadConverters());
    private Duration sendTimeout = Duration.ZERO;
    private Duration receiveTimeout = Duration.ZERO;
    private FullAction fullAction = FullAction.FAIL;
    private boolean envelopeEnabled;
    private @Nullable TemplateObserver observer;

    TemplateSettings copy() {
        TemplateSettings copy = new TemplateSettings();
        copy.name = name;
        copy.conversion = conversion;
        copy.sendTimeout = sendTimeout;
        copy.receiveTimeout = receiveTimeout;
        copy.fullAction = fullAction;
        copy.envelopeEnabled = envelopeEnabled;
        copy.observer = observer;
        return copy;
    }

    String getName() {
        return name;
    }

    void setName(String name) {
        this.name = name;
    }

    TemplateConversion getConversion() {
        return conversion;
    }

    void setConversion(TemplateConversion conversion) {
        this.conversion = conversion;
    }

    void setSendTimeout(Duration timeout) {
        this.sendTimeout = timeout;
    }

    void setReceiveTimeout(Duration timeout) {
        this.receiveTimeout = timeout;
    }

    FullAction getFullAction() {
        return fullAction;
    }

    void setFullAction(FullAction action) {
        this.fullAction = action;
    }

    boolean isEnvelopeEnabled() {
        return envelopeEnabled;
    }

    void setEnvelopeEnabled(boolean enabled) {
        this.envelopeEnabled = enabled;
    }

    /** Null when nobody observes. */
    @Nullable
    TemplateObserver getObserver() {
        return observer;
    }

    void setObserver(@Nullable TemplateObserver observer) {
        this.observer = observer;
    }

    /** Of a sending that says nothing about it. */
    Patience patienceToSend() {
        return fullAction == FullAction.BLOCK ? Patience.endless() : Patience.of(sendTimeout);
    }

    /** Of a receiving that says nothing about it. */
    Patience patienceToReceive() {
        return Patience.of(receiveTimeout);
    }
}
