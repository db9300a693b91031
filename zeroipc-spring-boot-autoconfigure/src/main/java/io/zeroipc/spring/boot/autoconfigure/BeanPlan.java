package io.zeroipc.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Which bean gets which names.
 *
 * @param segments in the order of declaration
 */
record BeanPlan(List<SegmentBean> segments) {

    /** The bean under which the registrar keeps the plan, for those who need it once the beans are there. */
    static final String BEAN_NAME = "io.zeroipc.spring.boot.autoconfigure.internalBeanPlan";

    /**
     * Reads and checks what the environment declares.
     *
     * @throws DuplicateBeanNameException when two declarations ask for the same name
     */
    static BeanPlan of(Environment environment) {
        return of(ConfiguredSegment.readAll(environment));
    }

    static BeanPlan of(List<? extends DeclaredSegment> declared) {
        Map<String, String> owners = new LinkedHashMap<>();
        Map<String, Integer> shortNames = new LinkedHashMap<>();
        List<SegmentBean> segments = new ArrayList<>();
        for (DeclaredSegment segment : declared) {
            String segmentBean = camelCase(segment.key()) + "Segment";
            claim(owners, segmentBean, segment.property(), segment instanceof DefinedSegment);
            List<StructureBean> structures = new ArrayList<>();
            for (DeclaredStructure structure : segment.structures()) {
                String qualified = segment.key() + "." + structure.key();
                boolean defined = structure.isDefined();
                String configured = structure.beanName();
                String bean = configured != null ? configured : qualified;
                claim(owners, bean, structure.property(), defined);
                boolean renamed = !bean.equals(qualified);
                if (renamed) {
                    claim(owners, qualified, structure.property(), defined);
                } else {
                    shortNames.merge(camelCase(structure.key()), 1, Integer::sum);
                }
                structures.add(new StructureBean(structure, bean, qualified, camelCase(structure.key())));
            }
            segments.add(new SegmentBean(segment, segmentBean, structures));
        }
        shortNames.values().removeIf(count -> count > 1);
        shortNames.keySet().removeAll(owners.keySet());
        return new BeanPlan(segments.stream().map(segment -> segment.withShortNames(shortNames)).toList());
    }

    private static void claim(Map<String, String> owners, String bean, String property, boolean defined) {
        String other = owners.putIfAbsent(bean, (defined ? "" : "the property ") + property);
        if (other != null) {
            throw taken(bean, property, defined, other, null);
        }
    }

    /**
     * The complaint that a bean's name is that of another one.
     *
     * @param property where what the bean is for is declared
     * @param defined whether that is a bean
     * @param other who has the name
     */
    static RuntimeException taken(String bean, String property, boolean defined, String other,
            @Nullable Throwable cause) {
        return defined
                ? new InvalidDefinitionException(property,
                        "the name '" + bean + "' of the bean that it asks for belongs to " + other,
                        "Rename one of the two.", cause)
                : new DuplicateBeanNameException(bean, property, other, cause);
    }

    /** {@code per-core} is {@code perCore}. */
    static String camelCase(String key) {
        StringBuilder result = new StringBuilder();
        for (String word : key.split("[-_]")) {
            if (!word.isEmpty()) {
                result.append(result.isEmpty()
                        ? word.substring(0, 1).toLowerCase(Locale.ROOT)
                        : word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word, 1, word.length());
            }
        }
        return result.toString();
    }

    record SegmentBean(DeclaredSegment segment, String name, List<StructureBean> structures) {

        private SegmentBean withShortNames(Map<String, Integer> unique) {
            return new SegmentBean(segment, name,
                    structures.stream().map(structure -> structure.withShortName(unique)).toList());
        }
    }

    /**
     * One structure's bean.
     *
     * @param name the bean's name
     * @param qualifiedName {@code segment.structure}: the name, or else an alias
     * @param shortName an alias, if nobody else has that name; empty for none
     */
    record StructureBean(DeclaredStructure structure, String name, String qualifiedName, String shortName) {

        private StructureBean withShortName(Map<String, Integer> unique) {
            boolean keep = name.equals(qualifiedName) && unique.containsKey(shortName);
            return new StructureBean(structure, name, qualifiedName, keep ? shortName : "");
        }
    }
}
