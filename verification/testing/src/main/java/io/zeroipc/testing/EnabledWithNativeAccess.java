package io.zeroipc.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * For a test about the native path alone: skipped in a JVM without {@code --enable-native-access}. Most tests should
 * not need it, since what they check holds with and without.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(EnabledWithNativeAccess.Condition.class)
public @interface EnabledWithNativeAccess {

    /** Asks the module of the test class, which is where the engine's classes are as well. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return context.getRequiredTestClass().getModule().isNativeAccessEnabled()
                    ? ConditionEvaluationResult.enabled("native access is enabled")
                    : ConditionEvaluationResult.disabled("native access is not enabled");
        }
    }
}
