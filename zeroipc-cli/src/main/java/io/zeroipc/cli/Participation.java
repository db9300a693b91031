package io.zeroipc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.segment.Participant;
import io.zeroipc.segment.ParticipantClaim;
import io.zeroipc.segment.ParticipantDeath;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;

/** Who is in a segment, who has died there, and what is stuck. */
final class Participation {

    /** People want the latest ones. */
    private static final int DEATHS_SHOWN = 5;

    private final Segment segment;
    private final SegmentReport report;
    private final List<Participant> participants;
    private final List<ParticipantDeath> deaths;
    /** Those that have the file mapped and take no part. */
    private final Set<Long> foreign;

    Participation(Segment segment, SegmentReport report) {
        this.segment = segment;
        this.report = report;
        this.participants = segment.participants();
        this.deaths = segment.deaths();
        this.foreign = new TreeSet<>(segment.mappers());
        foreign.remove(ProcessHandle.current().pid());
        participants.forEach(each -> foreign.remove(each.pid()));
    }

    Map<String, @Nullable Object> toJson(Map<String, Stall> stalls) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("participants", participants.stream().map(this::describe).toList());
        object.put("others", List.copyOf(foreign));
        object.put("deaths", deaths.stream().map(Participation::describe).toList());
        Map<String, Object> stuck = new LinkedHashMap<>();
        stalls.forEach((name, stall) -> stuck.put(name, describe(name, stall)));
        object.put("stuck", stuck);
        return object;
    }

    private Map<String, Object> describe(Participant each) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("index", each.index());
        object.put("pid", each.pid());
        object.put("name", each.name());
        object.put("since", each.joined().toString());
        object.put("dead", each.dead());
        object.put("announcing", each.announcing());
        object.put("claims", each.claims().stream().map(this::describe).toList());
        return object;
    }

    private Map<String, @Nullable Object> describe(ParticipantClaim claim) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("structure", structureOf(claim));
        object.put("kind", claim.kind());
        object.put("position", claim.position());
        object.put("count", claim.count());
        object.put("thread", claim.thread());
        return object;
    }

    private static Map<String, Object> describe(ParticipantDeath death) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("number", death.number());
        object.put("pid", death.pid());
        object.put("name", death.name());
        object.put("since", death.joined().toString());
        object.put("noticed", death.noticed().toString());
        return object;
    }

    Map<String, Object> describe(String structure, Stall stall) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("position", stall.position());
        object.put("side", stall.side().name());
        object.put("seenForMillis", Stalls.BETWEEN.toMillis());
        object.put("claimedBy", claimants(structure, stall).stream().map(Participant::pid).toList());
        return object;
    }

    /** Prints what there is to say. */
    void print(Terminal terminal, Map<String, Stall> stalls) {
        Columns people = new Columns(">PARTICIPANT", ">PID", "NAME", "SINCE", "STATE", "HAS IN HAND");
        for (Participant each : participants) {
            people.row(each.index(), each.pid(), new Cell(each.name(), Style.NAME), each.joined(), state(each),
                    each.claims().stream().map(this::text).collect(Collectors.joining(", ")));
        }
        print(people, terminal);
        Columns dead = new Columns(">DEATH", ">PID", "NAME", "SINCE", "NOTICED");
        deaths.reversed()
                .stream()
                .limit(DEATHS_SHOWN)
                .forEach(death -> dead.row(death.number(), death.pid(), new Cell(death.name(), Style.NAME),
                        death.joined(), death.noticed()));
        print(dead, terminal);
        if (!foreign.isEmpty()) {
            terminal.line("");
            terminal.line("have it mapped and take no part: " + pids(foreign));
        }
        if (!stalls.isEmpty()) {
            terminal.line("");
            stalls.forEach((name, stall) -> terminal.line(
                    terminal.styled(Style.BAD, "stuck") + "  " + terminal.styled(Style.NAME, name) + ": "
                            + text(name, stall)));
        }
    }

    private static void print(Columns columns, Terminal terminal) {
        if (!columns.isEmpty()) {
            terminal.line("");
            columns.print(terminal);
        }
    }

    private static Cell state(Participant each) {
        return each.dead()
                ? new Cell("dead", Style.BAD)
                : each.announcing()
                        ? new Cell("alive", Style.GOOD)
                : new Cell("alive, does not announce everything", Style.WARN);
    }

    /** Where it is stuck, and whose it may be. */
    String text(String structure, Stall stall) {
        List<String> who = new ArrayList<>();
        claimants(structure, stall).forEach(each -> who.add("pid " + each.pid() + ", " + each.name() + ", "
                + (each.dead() ? "dead" : "alive") + ", says that it is his"));
        if (who.isEmpty()) {
            who.add("no participant says that it is his");
            who.add(foreign.isEmpty()
                    ? "nobody else has the file mapped, as far as this user may see"
                    : "others have the file mapped: " + pids(foreign));
        }
        return stall + ", all of the last " + Stalls.BETWEEN.toMillis() + " ms; " + String.join("; ", who);
    }

    /** Who else has the segment, for whoever is asked whether somebody lives. */
    String others() {
        List<String> who = new ArrayList<>();
        participants.stream()
                .filter(each -> !each.self() && !each.dead())
                .forEach(each -> who.add("pid " + each.pid() + ", " + each.name()));
        if (!foreign.isEmpty()) {
            who.add(pids(foreign) + ", without taking part");
        }
        return who.isEmpty()
                ? "nobody else has the file mapped, as far as this user may see"
                : "others have the file mapped: " + String.join("; ", who);
    }

    /** Live participants that have something of a structure in hand. */
    List<String> liveIn(String structure) {
        return participants.stream()
                .filter(each -> !each.dead()
                        && each.claims().stream().anyMatch(claim -> structure.equals(structureOf(claim))))
                .map(each -> "pid " + each.pid() + ", " + each.name())
                .toList();
    }

    private static String pids(Set<Long> pids) {
        return pids.stream().map(pid -> "pid " + pid + command(pid)).collect(Collectors.joining(", "));
    }

    private static String command(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .map(command -> " (" + command.substring(command.lastIndexOf('/') + 1) + ")")
                .orElse("");
    }

    private List<Participant> claimants(String structure, Stall stall) {
        return participants.stream()
                .filter(each -> each.claims()
                        .stream()
                        .anyMatch(claim -> structure.equals(structureOf(claim)) && covers(claim, stall)))
                .toList();
    }

    /** In arithmetic modulo 2^32. */
    private static boolean covers(ParticipantClaim claim, Stall stall) {
        return Integer.toUnsignedLong((int) (stall.position() - claim.position())) < claim.count();
    }

    private String text(ParticipantClaim claim) {
        String structure = structureOf(claim);
        return claim.kind() + " " + (structure == null ? "offset " + claim.blockOffset() : structure)
                + (claim.kind().contains("writ") || claim.kind().contains("read") || claim.kind().equals("given up")
                        ? " " + claim.position()
                                + (claim.count() == 1 ? "" : " to " + (claim.position() + claim.count() - 1))
                        : "");
    }

    private @Nullable String structureOf(ParticipantClaim claim) {
        return Inspector.structureAt(segment, report, claim.blockOffset()).orElse(null);
    }
}
