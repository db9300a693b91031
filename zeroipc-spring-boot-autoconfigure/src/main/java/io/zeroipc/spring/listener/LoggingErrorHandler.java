package io.zeroipc.spring.listener;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Logs the failure at level ERROR and goes on: the element is lost. */
public final class LoggingErrorHandler implements ChannelListenerErrorHandler {

    /** The one that is used where nothing else is set. */
    public static final LoggingErrorHandler INSTANCE = new LoggingErrorHandler();

    private static final Log LOG = LogFactory.getLog(LoggingErrorHandler.class);

    private LoggingErrorHandler() {
    }

    @Override
    public void handleError(ListenerExecutionFailedException failure) {
        LOG.error(failure.getMessage(), failure.getCause());
    }
}
