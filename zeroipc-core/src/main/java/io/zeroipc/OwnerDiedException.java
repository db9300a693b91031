package io.zeroipc;

/** The process that had taken on some work died before it was done, as its kernel lock proves. */
public final class OwnerDiedException extends StructureException {

    private static final long serialVersionUID = 1L;

    public OwnerDiedException(String message, String segment, String structure) {
        super(message, segment, structure, null);
    }
}
