package io.zeroipc.export;

import java.util.List;

/** Writes types in one language. */
sealed interface TypeWriter permits CFamilyWriter, PythonWriter, TypeScriptWriter, RustWriter, JavaWriter {

    /**
     * The text of a whole file.
     *
     * @param target how it is called and in what package
     * @throws IllegalArgumentException when the language cannot have what the model has, or no package of this name
     */
    String write(Model model, Target target);

    /**
     * Where the types go.
     *
     * @param name of the file, without directory and extension; empty for what suits the types
     * @param packageName empty for none
     */
    record Target(String name, String packageName) {

        /** The parts of the package's name, each of which is legal. */
        List<String> packageParts(String separator, Names.Rules rules, Language language) {
            if (packageName.isEmpty()) {
                return List.of();
            }
            List<String> parts = List.of(packageName.split(separator, -1));
            if (!parts.stream().allMatch(rules::isLegal)) {
                throw refused(language, "names that are legal there, such as com.acme");
            }
            return parts;
        }

        /** Where the file itself is what a package is elsewhere. */
        void refusePackage(Language language) {
            if (!packageName.isEmpty()) {
                throw refused(language, "none: there the file is the module");
            }
        }

        private IllegalArgumentException refused(Language language, String expected) {
            return new IllegalArgumentException("package cannot be used: language=" + language.label() + ", package="
                    + packageName + " (expected: " + expected + ")");
        }
    }
}
