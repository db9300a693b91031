package io.zeroipc.spring.boot.diagnostics;

import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureDefinitionBuilder;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.listener.Acknowledgment;
import io.zeroipc.spring.listener.ChannelListenerErrorHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** Starts applications that cannot work and reads what they say. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTests {

    private static final String SEGMENT = "zeroipc.segments.market.";
    private static final String ORDERS = SEGMENT + "structures.orders.";
    private static final String[] QUEUE = {ORDERS + "type=queue", ORDERS + "element-type=int32",
            ORDERS + "capacity=16"};

    @TempDir
    private Path directory;

    @Test
    void segmentWhenItIsMissingIsToBeStartedOrCreated(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, SEGMENT + "mode=open"));
        assertThat(output).contains("There is no segment 'market' at " + file("market"))
                .contains("set 'zeroipc.segments.market.mode' to 'open-or-create'")
                .contains("zeroipc.startup-failure-policy");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void segmentWhenItExistsAndIsToBeCreatedIsToBeUsedOrReplaced(CapturedOutput output) {
        createSegment(1 << 16).close();
        fail(output, Empty.class, with(QUEUE, SEGMENT + "mode=create"));
        assertThat(output).contains("There is a segment 'market' at " + file("market") + " already")
                .contains("'recreate'");
    }

    @Test
    void segmentWhenItHasAnotherSizeNamesBothAndThreeWays(CapturedOutput output) {
        createSegment(1 << 16).close();
        fail(output, Empty.class, with(QUEUE, SEGMENT + "size=128KB"));
        assertThat(output).contains("has 65536 bytes, and 131072 are configured")
                .contains("set 'zeroipc.segments.market.size' to '65536B'")
                .contains("set 'zeroipc.segments.market.strict-size' to 'false'")
                .contains("'recreate'");
    }

    @Test
    void segmentWhenFileSystemIsFullNamesTheLeastSizeAndTheContainersOption(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, SEGMENT + "size=1000TB"));
        long least = Segment.requiredSize(64, List.of(SharedQueue.spec(Codecs.int32(), 16)));
        assertThat(output).contains("There is no room for segment 'market' at " + file("market"))
                .contains("it is to have 1099511627776000 bytes")
                .contains("a smaller size, at least '" + least + "B'")
                .contains("--shm-size");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void segmentWhenTooSmallForItsStructuresNamesTheLeastSize(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, SEGMENT + "size=1KB"));
        long least = Segment.requiredSize(64, List.of(SharedQueue.spec(Codecs.int32(), 16)));
        assertThat(output).contains("segment is too small for its structures")
                .contains("Property: zeroipc.segments.market.size")
                .contains("The least value is '" + least + "B'")
                .contains("in bytes: table 3104, orders ");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void segmentWhenHugePagesAreRequiredAndNotGrantedNamesTheProperty(CapturedOutput output) {
        // Smaller than a huge page: none is granted anywhere.
        fail(output, Empty.class, with(QUEUE, SEGMENT + "size=64KB", SEGMENT + "huge-pages=require"));
        assertThat(output).contains("does not get the pages that are asked for")
                .contains("hugePages=REQUIRE, bytes=65536, huge bytes=0")
                .contains("set 'zeroipc.segments.market.huge-pages' to 'try'");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void segmentWhenTableIsTooSmallNamesTheLeastNumberOfEntries(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, SEGMENT + "structures.more.type=queue",
                SEGMENT + "structures.more.element-type=int32", SEGMENT + "structures.more.capacity=4",
                SEGMENT + "max-entries=1"));
        assertThat(output).contains("Property: zeroipc.segments.market.max-entries").contains("The least value is 2.");
    }

    @Test
    void segmentWhenFileIsForeignSaysWhatWasFound(CapturedOutput output) throws Exception {
        Files.write(file("market"), "this is a text and no segment, however long it may be, and it is long enough"
                .getBytes(StandardCharsets.UTF_8));
        fail(output, Empty.class, with(QUEUE));
        assertThat(output).contains("The file at " + file("market") + " is not a segment")
                .contains("magic")
                .contains("zeroipc.segments.market.path");
    }

    @Test
    void segmentWhenFormatIsOldSaysSo(CapturedOutput output) throws Exception {
        createSegment(1 << 16).close();
        try (FileChannel file = FileChannel.open(file("market"), StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.wrap(new byte[] {1, 0, 0, 0}), 4);
        }
        fail(output, Empty.class, with(QUEUE));
        assertThat(output).contains("is not a segment that this version of ZeroIPC can use").contains("version");
    }

    @Test
    void segmentWhenPathIsALinkMayNotBeUsed(CapturedOutput output) throws Exception {
        Files.createSymbolicLink(file("market"), file("elsewhere"));
        fail(output, Empty.class, with(QUEUE, SEGMENT + "mode=open"));
        assertThat(output).contains("Segment 'market' at " + file("market") + " may not be used")
                .contains("symbolic link")
                .contains("zeroipc.segments.market.permissions");
    }

    @Test
    void segmentWhenStructuresOfOthersTakeTheRoomNamesTheLeastSize(CapturedOutput output) {
        try (Segment segment = createSegment(8192)) {
            SharedQueue.create(segment, "theirs", Codecs.int64(), 128);
            fail(output, Empty.class,
                    with(QUEUE, SEGMENT + "size=8KB", SEGMENT + "strict-size=false", ORDERS + "capacity=512"));
        }
        assertThat(output).contains("has no room in segment 'market'")
                .contains("set 'zeroipc.segments.market.size' to at least '")
                .contains("'recreate' for one start");
    }

    @Test
    void structureWhenItIsAnotherKindOrSizeNamesBoth(CapturedOutput output) {
        try (Segment segment = createSegment(1 << 16)) {
            SharedQueue.create(segment, "orders", Codecs.int64(), 16);
        }
        fail(output, Empty.class, with(QUEUE));
        assertThat(output).contains("Structure 'orders' in segment 'market' is not what is configured")
                .contains("zeroipc.segments.market.structures.orders.type")
                .contains("element");
    }

    @Test
    void structureWhenItIsMissingIsToBeStartedOrCreated(CapturedOutput output) {
        createSegment(1 << 16).close();
        fail(output, Empty.class, with(QUEUE, ORDERS + "mode=open"));
        assertThat(output).contains("Segment 'market' has no structure 'orders'")
                .contains("set 'zeroipc.segments.market.structures.orders.mode' to 'open-or-create'");
    }

    @Test
    void structureWhenTypeIsUnknownListsTheKnown(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, ORDERS + "type=cue"));
        assertThat(output).contains("structure has an unknown type")
                .contains("Property: zeroipc.segments.market.structures.orders.type")
                .contains("Value: \"cue\"")
                .contains("Origin:")
                .contains("Known types are: ")
                .contains("queue");
    }

    @Test
    void propertiesWhenSeveralAreUnknownNamesAllOfThem(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, ORDERS + "capcity=16", SEGMENT + "sise=64KB"));
        assertThat(output).contains("Property: zeroipc.segments.market.structures.orders.capcity")
                .contains("And there is no property 'sise' below 'zeroipc.segments.market'.")
                .contains("- zeroipc.segments.market.structures.orders.capcity: Did you mean 'capacity'?")
                .contains("- zeroipc.segments.market.sise: Did you mean 'size'?");
    }

    @ParameterizedTest
    @CsvSource({"size, 1.5MB, Did you mean '1536KB'?", "size, 64 kilobytes, Did you mean '64KB'?",
            "size, 64, A number without a unit is that of bytes.",
            "mode, create-or-open, Did you mean 'open-or-create'?", "mode, reed-only, Did you mean 'read-only'?"})
    void valueWhenItCannotBeBoundNamesWhatMayHaveBeenMeant(String property, String value, String way,
            CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, SEGMENT + property + "=" + value));
        assertThat(output).contains("Property: zeroipc.segments.market." + property).contains("Origin: ").contains(way);
    }

    @Test
    void directoryWhenItIsMissingNamesThePropertyAndTheSegment(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, SEGMENT + "path=" + file("missing").resolve("market")));
        assertThat(output).contains("there is no directory '" + file("missing") + "' for segment 'market'")
                .contains("Property: zeroipc.segments.market.path");
    }

    @Test
    void structureWhenTypeIsMissingListsTheKnown(CapturedOutput output) {
        fail(output, Empty.class, ORDERS + "capacity=8");
        assertThat(output).contains("structure has no type").contains("Known types are: ");
    }

    @Test
    void structureWhenOptionIsUnknownNamesIt(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, ORDERS + "options.overwrite=true"));
        assertThat(output).contains("structures of type 'queue' have no option 'overwrite'")
                .contains("Property: zeroipc.segments.market.structures.orders.options.overwrite");
    }

    @Test
    void structureWhenElementTypeIsAnAbsentClassSaysThatItIsAbsent(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, ORDERS + "element-type=com.acme.Missing"));
        assertThat(output).contains("Property: zeroipc.segments.market.structures.orders.element-type")
                .contains("there is no class 'com.acme.Missing' on the class path");
    }

    @Test
    void structureWhenCapacityIsMissingSaysSo(CapturedOutput output) {
        fail(output, Empty.class, ORDERS + "type=queue", ORDERS + "element-type=int32");
        assertThat(output).contains("capacity").contains("Property: zeroipc.segments.market.structures.orders");
    }

    @Test
    void structureWhenNameIsTooLongNamesTheLimit(CapturedOutput output) {
        String name = "n".repeat(32);
        fail(output, Empty.class, with(QUEUE, ORDERS + "name=" + name));
        assertThat(output).contains("name is 32 bytes long, and one of type 'queue' has 1 to 31")
                .contains("Property: zeroipc.segments.market.structures.orders.name");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void structuresWhenKeysCollapseNamesBoth(CapturedOutput output) {
        List<String> properties = new ArrayList<>(List.of(with(QUEUE)));
        for (String key : List.of("my-trades", "myTrades")) {
            properties.add(SEGMENT + "structures." + key + ".type=queue");
        }
        fail(output, Empty.class, properties.toArray(String[]::new));
        assertThat(output).contains("key is another spelling of zeroipc.segments.market.structures.my")
                .contains("set 'name' below them");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void structureWhenKeyWouldLoseCharactersSaysHowToWriteIt(CapturedOutput output) {
        fail(output, Empty.class, SEGMENT + "structures.my_trades.type=queue");
        assertThat(output).contains("key 'my_trades' has characters that get lost").contains("\"[my_trades]\"");
    }

    @Test
    void structuresWhenNamesClashNamesBoth(CapturedOutput output) {
        fail(output, Empty.class,
                with(QUEUE, SEGMENT + "structures.more.type=queue", SEGMENT + "structures.more.element-type=int32",
                        SEGMENT + "structures.more.capacity=8", SEGMENT + "structures.more.name=orders"));
        assertThat(output.toString()).containsPattern("structure needs the name 'orders' in the segment,"
                + " as zeroipc\\.segments\\.market\\.structures\\.(more|orders) does")
                .containsPattern("Property: zeroipc\\.segments\\.market\\.structures\\.(more|orders)\\.name");
    }

    @Test
    void segmentsWhenFilesClashNamesBoth(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, "zeroipc.segments.other.name=market"));
        assertThat(output).contains("segment has the same file as zeroipc.segments.market");
    }

    @Test
    void primarySegmentWhenUnknownListsTheDeclared(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, "zeroipc.primary-segment=nothing"));
        assertThat(output).contains("Property: zeroipc.primary-segment").contains("Declared are: market.");
    }

    @Test
    void permissionsWhenUnreadableSaysHowToWriteThem(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, SEGMENT + "permissions=everybody"));
        assertThat(output).contains("Property: zeroipc.segments.market.permissions").contains("rw-rw----");
    }

    @Test
    void beanNameWhenItBelongsToAnotherBeanNamesBoth(CapturedOutput output) {
        fail(output, OwnBean.class, with(QUEUE, ORDERS + "bean-name=mine"));
        assertThat(output)
                .contains("The bean 'mine' of 'zeroipc.segments.market.structures.orders' cannot be registered")
                .contains("OwnBean")
                .contains("set 'zeroipc.segments.market.structures.orders.bean-name' to another name");
    }

    @Test
    void beanNamesWhenTwoStructuresWantTheSameNameBoth(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, ORDERS + "bean-name=marketSegment"));
        assertThat(output).contains("The bean 'marketSegment' of 'zeroipc.segments.market.structures.orders'")
                .contains("the property zeroipc.segments.market");
    }

    @Test
    void definitionWhenItsSegmentIsUnknownNamesTheBeanAndNearMatches(CapturedOutput output) {
        fail(output, DefinesOrders.class, "app.channel=markte/orders", SEGMENT + "max-entries=64");
        assertThat(output).contains("A definition of ZeroIPC cannot work: structure 'markte/orders' is to be in segment"
                + " 'markte', which nobody declares.")
                .contains("Definition: bean 'orders', made by method 'orders' in " + DefinesOrders.class.getName())
                .contains("Did you mean 'market'? Declared are: market. Correct the name, or declare"
                        + " 'zeroipc.segments.markte'");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void definitionWhenNothingElseIsDeclaredSaysSo(CapturedOutput output) {
        fail(output, DefinesOrders.class, "app.channel=market/orders");
        assertThat(output).contains("segment 'market', which nobody declares").contains("No segment is declared.");
        fail(output, DefinesOrders.class, "app.channel=orders");
        assertThat(output).contains("structure 'orders' says no segment, and there is no primary one")
                .contains("Name the structure 'segment/orders'");
    }

    @Test
    void definitionWhenPropertiesDeclareItAsWellNamesBothPlaces(CapturedOutput output) {
        fail(output, DefinesOrders.class, with(QUEUE, "app.channel=market/orders"));
        assertThat(output).contains("structure 'market/orders' is declared twice: by this bean, and by"
                + " zeroipc.segments.market.structures.orders (\"zeroipc.segments.market.structures.orders.type\" from"
                + " property source \"commandLineArgs\")")
                .contains("Definition: bean 'orders', made by method 'orders' in " + DefinesOrders.class.getName())
                .contains("Remove one of the two, or give one of them another name.");
    }

    @Test
    void definitionsWhenTwoBeansDefineOneStructureNamesBoth(CapturedOutput output) {
        fail(output, DefinesTwice.class, "app.channel=market/orders", SEGMENT + "max-entries=64");
        assertThat(output).contains("structure 'market/orders' is declared twice: by this bean, and by bean 'orders")
                .contains("made by method 'orders' in ")
                .contains("made by method 'ordersAgain' in ");
    }

    @Test
    void definitionWhenItsConfigurationIsGivenAStructureSaysToMakeItStatic(CapturedOutput output) {
        fail(output, DefinesAndUses.class, SEGMENT + "max-entries=64");
        assertThat(output).contains("A definition of ZeroIPC cannot work: to make it, a bean of type"
                + " io.zeroipc.collection.SharedQueue<java.lang.Integer> is needed, and there is none before all definitions"
                + " are made.")
                .contains("Definition: bean 'orders', made by method 'orders' in " + DefinesAndUses.class.getName())
                .contains("Make the method static, or move it to another configuration class");
    }

    @Test
    void definitionWhenItNeedsTheTemplateNamesTheDefinition(CapturedOutput output) {
        fail(output, DefinesByTemplate.class, SEGMENT + "max-entries=64");
        assertThat(output).contains("to make it, something that knows all segments is needed, and there is none before")
                .contains("Definition: bean 'orders', made by method 'orders' in " + DefinesByTemplate.class.getName())
                .contains("take the parameter away");
    }

    @Test
    void definitionWhenItIsNullSaysHowToHaveNone(CapturedOutput output) {
        fail(output, DefinesNothing.class, SEGMENT + "max-entries=64");
        assertThat(output).contains("A definition of ZeroIPC cannot work: it is null, and no definition.")
                .contains("Definition: bean 'orders', made by method 'orders' in " + DefinesNothing.class.getName())
                .contains("@ConditionalOnProperty");
    }

    @Test
    void structureWhenAPostProcessorWantsItAndABeanDefinesItSaysThatItComesLater(CapturedOutput output) {
        fail(output, DefinesForPostProcessor.class, "app.channel=market/orders", SEGMENT + "max-entries=64");
        assertThat(output)
                .contains("Parameter 0 of method early in " + DefinesForPostProcessor.class.getName())
                .contains("before the definitions of structures are read: post-processors of beans")
                .contains("Inject an ObjectProvider<io.zeroipc.collection.SharedQueue<java.lang.Integer>>");
    }

    @Test
    void structureWhenTheQualifierIsWrongListsThoseOfTheType(CapturedOutput output) {
        fail(output, InjectingQualified.class, with(QUEUE, SEGMENT + "structures.last.type=state",
                SEGMENT + "structures.last.element-type=int32"));
        assertThat(output).contains("and the qualifier there is that of none of those that are of this type:")
                .contains("- market.orders: io.zeroipc.collection.SharedQueue<java.lang.Integer>, declared by ")
                .doesNotContain("- market.last")
                .contains("Give the qualifier one of these names");
    }

    @Test
    void segmentWhenPropertiesDeclareItAsWellNamesBothPlaces(CapturedOutput output) {
        fail(output, DefinesMarket.class, with(QUEUE));
        assertThat(output)
                .contains("segment 'market' is declared twice: by this bean, and by zeroipc.segments.market (")
                .contains("Definition: bean 'market', made by method 'market' in ")
                .contains("To add structures to the other one, declare beans of type StructureDefinition.");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void definitionWhenItSaysTooLittleNamesWhatIsMissing(CapturedOutput output) {
        fail(output, DefinesIncomplete.class, "app.incomplete=capacity", SEGMENT + "max-entries=64");
        assertThat(output).contains("structure 'market/orders' cannot be created: ")
                .contains("Say what is missing, or call mode(StructureMode.OPEN)");
        fail(output, DefinesIncomplete.class, "app.incomplete=type", SEGMENT + "max-entries=64");
        assertThat(output).contains("structure 'market/orders': type is unknown: type=queu")
                .contains("Expected: queue, or another of array, queue");
        fail(output, DefinesIncomplete.class, "app.incomplete=element", SEGMENT + "max-entries=64");
        assertThat(output).contains("class cannot be that of elements: type=java.time.Instant")
                .contains("Expected: a record, a number or boolean");
        fail(output, DefinesIncomplete.class, "app.incomplete=option", SEGMENT + "max-entries=64");
        assertThat(output).contains("unknown option: kind=queue, option=overwrite");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void definitionWhenItsBeanNameIsTakenNamesBoth(CapturedOutput output) {
        fail(output, DefinesTakenName.class, "app.channel=market/orders", SEGMENT + "max-entries=64");
        assertThat(output)
                .contains("the name 'market.orders' of the bean that it asks for belongs to a bean defined in ")
                .contains("Rename one of the two.");
    }

    @Test
    void structureWhenDefinedByABeanAndAnotherIsInTheSegmentNamesBoth(CapturedOutput output) {
        try (Segment segment = createSegment(1 << 16)) {
            SharedRing.create(segment, "orders", Codecs.int32(), 16);
            fail(output, DefinesOrders.class, "app.channel=market/orders", SEGMENT + "max-entries=64");
            assertThat(output).contains("Structure 'orders' in segment 'market' is not what is configured")
                    .contains("Definition: bean 'orders', made by method 'orders' in ")
                    .contains("The structure is defined by a bean: what is said here of its properties is said there");
        }
    }

    @Test
    void structureWhenAnotherTypeIsInjectedListsThoseThatAreDeclared(CapturedOutput output) {
        fail(output, Injecting.class, with(QUEUE, ORDERS + "element-type=float64"));
        assertThat(output)
                .contains("required a bean of type 'io.zeroipc.collection.SharedQueue<java.lang.Integer>', and none"
                        + " of those that are declared is one:")
                .contains("- market.orders: io.zeroipc.collection.SharedQueue<java.lang.Double>, declared by"
                        + " zeroipc.segments.market.structures.orders (")
                .contains(
                        "Change the type where it is injected, or type and element type where the structure is declared");
    }

    @Test
    void structureWhenInjectedAndNothingIsDeclaredSaysWhereTo(CapturedOutput output) {
        fail(output, Injecting.class);
        assertThat(output).contains("and none is declared.")
                .contains("Declare one under 'zeroipc.segments.<segment>.structures.<structure>', or by a bean");
    }

    @Test
    void structureWhenItHasNoTypeAndItsCreatorSaysNoneNamesWhatItMayBe(CapturedOutput output) {
        try (Segment segment = Segment.at(file("market")).size(1 << 16).catalogue(false).create()) {
            SharedQueue.create(segment, "orders", Codecs.int32(), 16);
            fail(output, Empty.class, ORDERS + "mode=open");
            assertThat(output)
                    .contains("Structure 'orders' in segment 'market' is declared without a type, and what its"
                            + " creator says does not tell it: its creator has written no line about it into ")
                    .contains("set 'zeroipc.segments.market.structures.orders.type' (its bytes fit ")
                    .contains("let its creator say it");
        }
    }

    @Test
    void structuresWhenTwoCouldBeInjectedNamesTheLineOfEach(CapturedOutput output) throws Exception {
        Path file = directory.resolve("app.yml");
        Files.writeString(file, """
                zeroipc:
                  segments:
                    market:
                      structures:
                        sold: {type: queue, element-type: int32, capacity: 16}
                        bought:
                          type: queue
                          element-type: int32
                          capacity: 16
                """);
        fail(output, InjectingOne.class, "spring.config.location=" + file.toUri());
        assertThat(output).contains("required a single bean, but 2 were found")
                .contains("- market.sold: defined in zeroipc.segments.market.structures.sold (URL [file:" + file
                        + "] - 5:22)")
                .contains("- market.bought: defined in zeroipc.segments.market.structures.bought (URL [file:" + file
                        + "] - 7:17)");
    }

    @Test
    void listenerWhenChannelIsUnknownNamesNearMatches(CapturedOutput output) {
        fail(output, UnknownChannel.class, with(QUEUE));
        assertThat(output).contains("Channel 'market/oders', which listener ")
                .contains("UnknownChannel.on asks for, is not declared")
                .contains("Did you mean 'market/orders'?");
    }

    @Test
    void listenerWhenElementTypeIsAnotherNamesBoth(CapturedOutput output) {
        fail(output, WrongElement.class, with(QUEUE));
        assertThat(output).contains("market/orders").contains("Change the type of the parameter");
    }

    @Test
    void listenerWhenNothingArrivesInItsStructureSaysWhatWould(CapturedOutput output) {
        fail(output, Listening.class, with(QUEUE, ORDERS + "type=array"));
        assertThat(output).contains("Channel 'market/orders' is of type 'array', which does not support this")
                .contains("This would do: ");
    }

    @Test
    void listenerWhenRingHasOneReaderAllowsNoConcurrency(CapturedOutput output) {
        fail(output, Listening.class,
                with(QUEUE, ORDERS + "type=ring", "zeroipc.listener.endpoints.Listening.on.concurrency=2"));
        assertThat(output).contains("Channel 'market/orders' is of type 'ring', which does not support this")
                .contains("concurrency");
    }

    @Test
    void listenerWhenRoleIsTakenSaysByWhat(CapturedOutput output) {
        try (Segment segment = createSegment(1 << 16)) {
            var reader = SharedRing.create(segment, "orders", Codecs.int32(), 16).reader();
            fail(output, Listening.class, with(QUEUE, ORDERS + "type=ring"));
            assertThat(reader).isNotNull();
        }
        assertThat(output).contains("Structure 'orders' in segment 'market' has a reader already")
                .contains("Holder: this process");
    }

    @ParameterizedTest
    @CsvSource({"open-timeout, -1s, time is negative", "open-retry-interval, 0s, time is not positive",
            "health.segment-usage-threshold, 90, usage is not between 0 and 1",
            "health.structure-usage-threshold, -0.1, usage is not between 0 and 1"})
    void figureWhenOutOfRangeNamesThePropertyAndTheRange(String property, String value, String problem,
            CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, "zeroipc." + property + "=" + value));
        assertThat(output).contains("The configuration of ZeroIPC cannot work: " + problem + ".")
                .contains("Property: zeroipc." + property);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void ackModeWhenListenerDoesNotAcknowledgeNamesTheMethodAndTheParameter(CapturedOutput output) {
        fail(output, Listening.class, with(QUEUE, "zeroipc.listener.endpoints.Listening.on.ack-mode=manual"));
        assertThat(output).contains("ackMode=manual, and it cannot acknowledge: method=void "
                + Listening.class.getName() + ".on(int).")
                .contains("This would do: a parameter of type Acknowledgment.");
    }

    @Test
    void ackModeWhenStructureCannotKeepElementsNamesTheModesThatWork(CapturedOutput output) {
        fail(output, Acknowledging.class, with(QUEUE));
        assertThat(output).contains("Channel 'market/orders' is of type 'queue', which does not support this: "
                + "ackMode=manual of listener").contains("This would do: ackMode=auto or none");
    }

    @Test
    void attributeWhenItNamesNoBeanNamesAttributeListenerAndReason(CapturedOutput output) {
        fail(output, WrongAttribute.class, with(QUEUE));
        assertThat(output).contains("Listener attribute is not valid: errorHandler=nobody, listener="
                + WrongAttribute.class.getName() + ".on.")
                .contains("This would do: the name of a bean of type " + ChannelListenerErrorHandler.class.getName())
                .contains("Reason: ");
    }

    @Test
    void waitStrategyWhenUnknownListsTheKnown(CapturedOutput output) {
        fail(output, Empty.class, with(QUEUE, "zeroipc.listener.wait-strategy=hope"));
        assertThat(output).contains("Property: zeroipc.listener.wait-strategy").contains("backoff");
    }

    @Test
    void structureWhenInjectedAndAbsentUnderContinueAsksForAProvider(CapturedOutput output) {
        fail(output, Injecting.class, with(QUEUE, SEGMENT + "mode=open", "zeroipc.startup-failure-policy=continue"));
        assertThat(output).contains("is injected that does not exist yet").contains("Inject an ObjectProvider<");
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private Segment createSegment(long size) {
        return Segment.at(file("market")).size(size).create();
    }

    /** The later of two values of one property holds. */
    private static String[] with(String[] properties, String... more) {
        Map<String, String> all = new LinkedHashMap<>();
        Stream.concat(Arrays.stream(properties), Arrays.stream(more))
                .forEach(property -> all.put(property.substring(0, property.indexOf('=')), property));
        return all.values().toArray(String[]::new);
    }

    private void fail(CapturedOutput output, Class<?> configuration, String... properties) {
        String[] arguments = Arrays.stream(with(properties, "zeroipc.base-directory=" + directory))
                .map(property -> "--" + property)
                .toArray(String[]::new);
        assertThatException().isThrownBy(() -> new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
                .run(arguments)
                .close());
        assertThat(output).contains("APPLICATION FAILED TO START");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Empty {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class DefinesByTemplate {
        @Bean
        StructureDefinition orders(ZeroIpcOperations operations) {
            throw new AssertionError(operations);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class DefinesNothing {
        @Bean
        @Nullable
        StructureDefinition orders() {
            return null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(DefinesOrders.class)
    static class DefinesForPostProcessor {
        @Bean
        static BeanPostProcessor early(SharedQueue<Integer> orders) {
            return new BeanPostProcessor() {
                @Override
                public String toString() {
                    return orders.toString();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class InjectingQualified {
        @Autowired
        @Qualifier("market.order")
        SharedQueue<Integer> orders;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class OwnBean {
        @Bean
        String mine() {
            return "mine";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class UnknownChannel {
        @ChannelListener(channels = "market/oders")
        void on(int order) {
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Listening {
        @ChannelListener(channels = "market/orders")
        void on(int order) {
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Acknowledging {
        @ChannelListener(channels = "market/orders", ackMode = "manual")
        void on(int order, Acknowledgment acknowledgment) {
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class WrongAttribute {
        @ChannelListener(channels = "market/orders", errorHandler = "nobody")
        void on(int order) {
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class WrongElement {
        @ChannelListener(channels = "market/orders")
        void on(java.time.Instant order) {
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class DefinesOrders {
        @Bean
        StructureDefinition orders(@Value("${app.channel}") String channel) {
            return StructureDefinition.named(channel).type("queue").elements("int32").capacity(16).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DefinesTwice extends DefinesOrders {
        @Bean
        StructureDefinition ordersAgain(@Value("${app.channel}") String channel) {
            return orders(channel);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class DefinesAndUses {
        @Autowired
        SharedQueue<Integer> orders;

        @Bean
        StructureDefinition orders() {
            return StructureDefinition.named("market/orders").type("queue").elements("int32").capacity(16).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DefinesTakenName extends DefinesOrders {
        @Bean("market.orders")
        String other() {
            return "other";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class DefinesMarket {
        @Bean
        SegmentDefinition market() {
            return SegmentDefinition.named("market").openedBy(Segment.named("/market")::open);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class DefinesIncomplete {
        @Bean
        StructureDefinition orders(@Value("${app.incomplete}") String what) {
            StructureDefinitionBuilder orders = StructureDefinition.named("market/orders")
                    .type("queue")
                    .elements("int32");
            return switch (what) {
                case "type" -> orders.type("queu").build();
                case "element" -> orders.elements(java.time.Instant.class).build();
                case "option" -> orders.capacity(8).option("overwrite", true).build();
                default -> orders.build();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class InjectingOne {
        @Autowired
        SharedQueue<Integer> trades;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(ZeroIpcAutoConfiguration.class)
    static class Injecting {
        @Autowired
        SharedQueue<Integer> orders;
    }
}
