using System;
using System.Linq;
using System.Text.Json;
using Guest.Core.Diagnostics;
using Guest.Net.Stack;

namespace Guest.Boot.Tests;

/// <summary>Whatever is counted has the name by which tools know it: its own, as JSON has names.</summary>
public class CounterNamesTests
{
    [Fact]
    public void Every_count_has_its_own_name()
    {
        Check<PathEvent>(PathCounters.Kinds, kind => PathEventNames.Of(kind).Counter);
        Check<DropCause>(DropCounters.Causes, CounterNames.Of);
        Check<DhcpTrouble>(DhcpTroubles.Kinds, CounterNames.Of);
        Check<DnsTrouble>(DnsTroubles.Kinds, CounterNames.Of);
    }

    [Fact]
    public void No_two_totals_of_a_disk_have_one_name() =>
        Assert.Equal(PathCounters.Kinds, Enum.GetValues<PathEvent>().Select(kind => PathEventNames.Of(kind).DiskTotal).Distinct().Count());

    private static void Check<TKind>(int kinds, Func<TKind, string> name)
        where TKind : struct, Enum
    {
        Assert.Equal(kinds, Enum.GetValues<TKind>().Length);
        Assert.All(Enum.GetValues<TKind>(), kind => Assert.Equal(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), name(kind)));
    }
}
