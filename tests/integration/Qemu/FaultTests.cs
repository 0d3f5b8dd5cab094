using System;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Qemu;

namespace Guest.Integration.Tests.Qemu;

/// <summary>apps/Faults does forbidden things: each ends in a panic that says what it was and where.</summary>
public sealed class FaultTests
{
    private const int PanicExitCode = 101;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("null", "null reference", "Faults__Main")]
    [InlineData("stack", "stack overflow", "Faults__Recurse")]
    [InlineData("execute", "executing", "Faults__Execute")]
    [InlineData("write-code", "writing", "Faults__Main")]
    [InlineData("divide", "divide error", "Faults__Main")]
    [InlineData("bounds", "IndexOutOfRangeException", "Faults__Main")]
    [InlineData("throw", "InvalidOperationException", "Faults__Main")]
    [InlineData("memory", "memory", "Faults__ExhaustMemory")]
    public void A_fault_panics_and_names_its_cause_and_its_place(string kind, string cause, string place)
    {
        using QemuGuest guest = QemuGuest.Boot(Machine(kind));

        GuestEnd end = guest.WaitForEnd(s_patience);

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, PanicExitCode), end);
        using BackTraceNames names = new(Repository.Find().SymbolsOf("faults"));
        string trace = string.Concat(guest.Console.Select(names.For));
        Assert.True(
            Says(guest, "panic: ") && Says(guest, cause) && trace.Contains(place, StringComparison.Ordinal),
            $"expected a panic that names '{cause}' and '{place}'\n{trace}\n{guest.Report()}");
    }

    [Fact]
    public void A_fault_shows_the_registers()
    {
        using QemuGuest guest = QemuGuest.Boot(Machine("divide"));
        guest.WaitForEnd(s_patience);

        string said = string.Join('\n', guest.Console);
        foreach (string register in (string[])["rip", "cs", "rflags", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
            "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"])
            Assert.Matches($@"\b{register} +0x[0-9a-f]{{2,16}}\b", said);
    }

    [Fact]
    public void An_applications_exit_code_is_the_machines()
    {
        using QemuGuest guest = QemuGuest.Boot(Machine("exit"));

        Assert.Equal(new GuestEnd(GuestEndKind.Exited, 7), guest.WaitForEnd(s_patience));
    }

    private static QemuMachine Machine(string kind) => Appliance.Machine("faults") with { Network = null, CommandLine = $"-- {kind}" };

    private static bool Says(QemuGuest guest, string text) =>
        guest.Console.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase));
}
