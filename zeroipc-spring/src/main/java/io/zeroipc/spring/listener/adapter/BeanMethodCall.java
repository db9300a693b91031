package io.zeroipc.spring.listener.adapter;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NativeDetector;
import org.springframework.util.ClassUtils;

import io.zeroipc.spring.core.UserCode;

/** Calls a method with one argument as code that the compiler has made of a method reference does. */
final class BeanMethodCall {

    private static final Log LOG = LogFactory.getLog(BeanMethodCall.class);

    private BeanMethodCall() {
    }

    /**
     * A class of its own for the method, which the JDK makes: the method is no parameter of the call then, and is compiled
     * into it. Null where none can be made, in a native image, or because the method's class is in a module that is not
     * open to us.
     *
     * @param method has one parameter, and may be private
     */
    @SuppressWarnings("unchecked") // the interface is the one that was asked for
    static UserCode.@Nullable Taker<Object> of(Object bean, Method method) {
        if (NativeDetector.inNativeImage()) {
            return null;
        }
        Class<?> owner = method.getDeclaringClass();
        Class<?> argument = ClassUtils.resolvePrimitiveIfNecessary(method.getParameterTypes()[0]);
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
            MethodHandle made = LambdaMetafactory
                    .metafactory(lookup, "take", MethodType.methodType(UserCode.Taker.class, owner),
                            MethodType.methodType(void.class, Object.class), lookup.unreflect(method),
                            MethodType.methodType(void.class, argument))
                    .getTarget();
            return (UserCode.Taker<Object>) made.invoke(bean);
        } catch (Throwable e) {
            LOG.debug("listener method is called by reflection: method=" + method + ", reason=" + UserCode.describe(e));
            return null;
        }
    }
}
