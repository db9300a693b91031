package io.zeroipc.spring.listener;

import org.jspecify.annotations.Nullable;

/** A listener was given a value that cannot work. */
public final class InvalidSettingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String setting;
    private final String value;
    private final String expected;

    /** @param expected what would work, a clause */
    public InvalidSettingException(ListenerSetting<?> setting, Object value, String expected,
            @Nullable Throwable cause) {
        super("listener setting is not valid: " + setting.name() + "=" + value + " (expected: " + expected + ")",
                cause);
        this.setting = setting.name();
        this.value = value.toString();
        this.expected = expected;
    }

    /** The name of the setting. */
    public String setting() {
        return setting;
    }

    /** What it was given. */
    public String value() {
        return value;
    }

    /** What would work, a clause: {@code 1 or more}. */
    public String expected() {
        return expected;
    }
}
