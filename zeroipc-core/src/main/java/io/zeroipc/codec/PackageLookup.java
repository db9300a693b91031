package io.zeroipc.codec;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Full access to a record in another module: that of a class beside it.
 * <p>
 * A lookup that crosses a module boundary may define classes in a package that is open to it, but not nestmates of a
 * class there; and each class loader has an unnamed module of its own, so that the boundary is crossed by every
 * application class that a restarting or container class loader holds. One small class per package, defined there once,
 * closes the gap: its own lookup crosses nothing.
 */
final class PackageLookup {

    private static final ClassDesc LOOKUP = MethodHandles.Lookup.class.describeConstable().orElseThrow();
    private static final ClassDesc METHOD_HANDLES = MethodHandles.class.describeConstable().orElseThrow();
    private static final String CLASS_NAME = "ZeroIpcCodecs$Lookup";
    private static final String METHOD_NAME = "lookup";

    private PackageLookup() {
    }

    /**
     * A lookup with full access to the class of {@code lookup}.
     *
     * @param lookup
     *            has private access to its class
     */
    static MethodHandles.Lookup full(MethodHandles.Lookup lookup) throws IllegalAccessException {
        if (lookup.hasFullPrivilegeAccess()) {
            return lookup;
        }
        Class<?> type = lookup.lookupClass();
        Class<?> neighbour = neighbour(lookup, type);
        try {
            MethodHandles.Lookup own = (MethodHandles.Lookup) lookup
                    .findStatic(neighbour, METHOD_NAME, MethodType.methodType(MethodHandles.Lookup.class))
                    .invokeExact();
            return MethodHandles.privateLookupIn(type, own);
        } catch (Throwable e) {
            throw Failures.rethrow(e);
        }
    }

    private static Class<?> neighbour(MethodHandles.Lookup lookup, Class<?> type) throws IllegalAccessException {
        String name = type.getPackageName().isEmpty() ? CLASS_NAME : type.getPackageName() + "." + CLASS_NAME;
        try {
            return lookup.defineClass(bytes(name));
        } catch (LinkageError e) {
            // Defined by an earlier record of the package; a parent's class of that name is not meant.
            try {
                Class<?> known = Class.forName(name, false, type.getClassLoader());
                if (known.getModule().equals(type.getModule())) {
                    return known;
                }
            } catch (ClassNotFoundException gone) {
                e.addSuppressed(gone);
            }
            throw e;
        }
    }

    /** {@code final class ZeroIpcCodecs$Lookup { static Lookup lookup() { return MethodHandles.lookup(); } }}. */
    private static byte[] bytes(String name) {
        MethodTypeDesc returnsLookup = MethodTypeDesc.of(LOOKUP);
        return ClassFile.of()
                .build(ClassDesc.of(name),
                        builder -> builder
                                .withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER | ClassFile.ACC_SYNTHETIC)
                                .withSuperclass(ConstantDescs.CD_Object)
                                .withMethodBody(METHOD_NAME, returnsLookup, ClassFile.ACC_STATIC,
                                        code -> code.invokestatic(METHOD_HANDLES, "lookup", returnsLookup).areturn()));
    }
}
