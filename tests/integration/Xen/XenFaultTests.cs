using System;
using System.Globalization;
using System.Linq;
using Guest.Rig;
using Guest.Rig.Measure;
using Guest.Rig.Qemu;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>apps/Faults as a domain: the kernel's own page tables refuse what they must, and a panic says what it was and where.</summary>
public sealed class XenFaultTests(XenFaultTests.Machine machine) : IClassFixture<XenFaultTests.Machine>
{
    private const int MemoryMiB = 64;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>One Xen for all of these domains.</summary>
    public sealed class Machine : IDisposable
    {
        public XenHost Host { get; } = XenHost.Restore(network: null, prefix: []);

        public void Dispose() => Host.Dispose();
    }

    [Theory]
    [InlineData(DomainType.Pv, "null", "null reference", "Faults__Main")]
    [InlineData(DomainType.Pv, "execute", "executing", "Faults__Execute")]
    [InlineData(DomainType.Pv, "write-code", "writing", "Faults__Main")]
    [InlineData(DomainType.Pv, "divide", "divide error", "Faults__Main")]
    [InlineData(DomainType.Pv, "throw", "InvalidOperationException", "Faults__Main")]
    [InlineData(DomainType.Pvh, "null", "null reference", "Faults__Main")]
    [InlineData(DomainType.Pvh, "stack", "stack overflow", "Faults__Recurse")]
    public void A_fault_panics_and_names_its_cause_and_its_place(DomainType type, string kind, string cause, string place)
    {
        using Domain domain = Run(type, kind);

        string panic = domain.Console.WaitFor("panic: ", s_patience);
        domain.WaitForState("crashed", state => state.Contains('c', StringComparison.Ordinal));
        using BackTraceNames names = new(Repository.Find().SymbolsOf("faults"));
        string trace = string.Concat(domain.Console.Lines.Select(names.For));
        Assert.Contains(cause, panic, StringComparison.OrdinalIgnoreCase);
        Assert.True(trace.Contains(place, StringComparison.Ordinal), $"no '{place}' in the back trace\n{trace}\n{domain.Report()}");
    }

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void All_memory_can_be_used_and_then_it_panics(DomainType type)
    {
        using Domain domain = Run(type, "memory");

        domain.Console.WaitFor("panic: ", s_patience);

        // faults: had 60 MiB
        string last = domain.Console.Lines.Last(line => line.StartsWith("faults: had ", StringComparison.Ordinal));
        int had = int.Parse(last.Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.True(had >= MemoryMiB * 9 / 10, $"{last} of {MemoryMiB} MiB\n{domain.Report()}");
    }

    /// <summary>Its memory map then names more than it has; Xen would end it when it touched that.</summary>
    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void What_it_may_be_given_later_is_not_counted_on(DomainType type)
    {
        using Domain domain = Run(type, "memory", maximumMemoryMiB: 512);

        domain.Console.WaitFor("panic: ", s_patience);
        string last = domain.Console.Lines.Last(line => line.StartsWith("faults: had ", StringComparison.Ordinal));
        int had = int.Parse(last.Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.True(had is >= MemoryMiB * 9 / 10 and <= MemoryMiB, $"{last} of {MemoryMiB} MiB\n{domain.Report()}");
        Assert.Equal(type == DomainType.Pvh, domain.Console.Lines.Any(line => line.Contains("maxmem is above memory", StringComparison.Ordinal)));
    }

    /// <summary>A PV domain's exceptions are delivered on the stack that it is using; when that has ended Xen can only end the domain.
    /// Nothing below the stack is touched, and Xen's console tells where it was.</summary>
    [Fact]
    public void A_stack_overflow_in_a_PV_domain_is_told_by_Xen()
    {
        using Domain domain = Run(DomainType.Pv, "stack");

        domain.WaitForState("crashed", state => state.Contains('c', StringComparison.Ordinal));
        machine.Host.HypervisorLog.WaitFor("cr2: ", s_patience);
        CrashReport? report = CrashReport.Find(machine.Host.HypervisorLog.Lines);

        Assert.True(report is not null, domain.Report());
        Assert.InRange(report.StackPointer - report.FaultAddress, 1UL, 4096UL);
        Assert.Contains(
            "Faults__Recurse", SymbolTable.Read(Repository.Find().SymbolsOf("faults")).Find(report.Instruction), StringComparison.Ordinal);
    }

    private Domain Run(DomainType type, string kind, int? maximumMemoryMiB = null) => machine.Host.Create(new DomainConfiguration
    {
        Name = $"faults-{kind}",
        Kernel = Repository.Find().ImageOf("faults"),
        CommandLine = $"-- {kind}",
        Type = type,
        NativeTsc = type == DomainType.Pvh,
        MemoryMiB = MemoryMiB,
        MaximumMemoryMiB = maximumMemoryMiB,
        OnCrash = OnEnd.Preserve,
    });
}
