package io.zeroipc.cli;

import java.util.List;

/** The sub-commands in the order of their help, by what people are about to do. */
enum CommandGroup {

    LOOK("Look at what is there", "list", "show", "monitor", "dump", "manifest", "arena", "export"),
    CREATE("Create and remove", "create", "rm"),
    ELEMENTS("Put elements in, take them out", "push", "pop", "get", "set", "add", "remove", "contains", "entries",
            "allocate", "free"),
    MEETING("Tell others, wait for them", "signal", "await", "reset", "countdown", "acquire", "release", "fail",
            "close"),
    DEATHS("Clear up after a program that died", "repair", "unlock", "compact", "settle"),
    SHELL("About this command", "help", "generate-completion");

    private final String title;
    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> commands;

    CommandGroup(String title, String... commands) {
        this.title = title;
        this.commands = List.of(commands);
    }

    String title() {
        return title;
    }

    /** Names of its commands. */
    List<String> commands() {
        return commands;
    }
}
