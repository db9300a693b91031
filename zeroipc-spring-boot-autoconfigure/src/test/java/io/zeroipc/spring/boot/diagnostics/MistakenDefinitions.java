package io.zeroipc.spring.boot.diagnostics;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.diagnostics.MistakenApplications.Nothing;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureDefinitionBuilder;

/** Applications whose beans define what cannot be, or want what is not defined. */
final class MistakenDefinitions {

    private MistakenDefinitions() {
    }

    private static StructureDefinitionBuilder queue(String channel) {
        return StructureDefinition.named(channel).type(SharedQueue.class).elements(int.class);
    }

    static class WrongElement extends Nothing {
        @Autowired
        SharedQueue<Double> orders;
    }

    static class WrongKind extends Nothing {
        @Autowired
        SharedRing<Integer> orders;
    }

    static class Orders extends Nothing {
        @Bean
        StructureDefinition orders() {
            return queue("market/orders").capacity(16).build();
        }
    }

    static class Twice extends Nothing {
        @Bean
        StructureDefinition orders() {
            return queue("market/orders").capacity(16).build();
        }

        @Bean
        StructureDefinition again() {
            return queue("market/orders").capacity(32).build();
        }
    }

    static class Misspelt extends Nothing {
        @Bean
        StructureDefinition orders() {
            return queue("markte/orders").capacity(16).build();
        }
    }

    static class Unplaced extends Nothing {
        @Bean
        StructureDefinition jobs() {
            return queue("jobs").capacity(16).build();
        }
    }

    static class Nameless extends Nothing {
        @Bean
        StructureDefinition jobs() {
            return queue("market/").capacity(16).build();
        }
    }

    static class WrongType extends Nothing {
        @Bean
        StructureDefinition orders() {
            return queue("market/orders").type("queu").capacity(16).build();
        }
    }

    static class NoCapacity extends Nothing {
        @Bean
        StructureDefinition orders() {
            return queue("market/orders").build();
        }
    }

    static class Text extends Nothing {
        @Bean
        StructureDefinition orders() {
            return queue("market/orders").elements(String.class).capacity(16).build();
        }
    }

    static class WrongOption extends Nothing {
        @Bean
        StructureDefinition orders() {
            return queue("market/orders").capacity(16).option("overwrite", true).build();
        }
    }

    static class OwnStructure extends Nothing {
        @Autowired
        SharedQueue<Integer> orders;

        @Bean
        StructureDefinition orders() {
            return queue("market/orders").capacity(16).build();
        }
    }

    static class Market extends Nothing {
        @Bean
        SegmentDefinition market() {
            return SegmentDefinition.named("market").openedBy(Segment.named("/market")::open);
        }
    }
}
