package io.zeroipc.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

/** The name that a segment or a structure would have as a bean belongs to another bean. */
public final class DuplicateBeanNameException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String beanName;
    private final String property;
    private final String other;

    /**
     * @param property the property, without a last part, that asks for the bean
     * @param other who has the name: another property, or the description of a bean
     */
    public DuplicateBeanNameException(String beanName, String property, String other, @Nullable Throwable cause) {
        super("bean name is taken: bean=" + beanName + ", property=" + property + ", taken by=" + other
                + " (set bean-name, or rename one of the two)", cause);
        this.beanName = beanName;
        this.property = property;
        this.other = other;
    }

    public String beanName() {
        return beanName;
    }

    public String property() {
        return property;
    }

    public String other() {
        return other;
    }
}
