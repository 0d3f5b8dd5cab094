using System;
using Guest.Rig;
using Guest.Xen.Rig;
using Guest.Xen.Rig.Domains;

namespace Guest.Integration.Tests.Xen;

/// <summary>apps/Threads as a domain.</summary>
public sealed class XenThreadTests(XenThreadTests.Machine machine) : IClassFixture<XenThreadTests.Machine>
{
    /// <summary>One Xen for all of these domains.</summary>
    public sealed class Machine : IDisposable
    {
        public XenHost Host { get; } = XenHost.Restore(network: null, prefix: []);

        public void Dispose() => Host.Dispose();
    }

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void Threads_start_yield_wait_wake_one_another_and_end(DomainType type)
    {
        using Domain domain = Run(type, "all");

        domain.Console.WaitFor("threads: passed", XenAppliance.BootPatience);
    }

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void A_domain_that_never_idles_hears_its_console(DomainType type)
    {
        using Domain domain = Run(type, "yield");
        domain.Console.WaitFor("threads: yield", XenAppliance.BootPatience);

        Assert.NotEmpty(domain.AskCounters().Devices);
    }

    [Theory]
    [InlineData(DomainType.Pv)]
    [InlineData(DomainType.Pvh)]
    public void A_domain_that_never_idles_hears_that_it_is_to_end(DomainType type)
    {
        using Domain domain = Run(type, "yield");
        domain.Console.WaitFor("threads: yield", XenAppliance.BootPatience);

        domain.Xl("shutdown");

        domain.WaitUntilGone(XenAppliance.BootPatience);
    }

    private Domain Run(DomainType type, string what) => machine.Host.Create(new DomainConfiguration
    {
        Name = $"threads-{what}",
        Kernel = Repository.Find().ImageOf("threads"),
        CommandLine = $"-- {what}",
        Type = type,
        NativeTsc = type == DomainType.Pvh,
        MemoryMiB = 64,
        OnCrash = OnEnd.Preserve,
    });
}
