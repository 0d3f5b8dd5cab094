using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>What is counted is shown.</summary>
public sealed class TcpCounterNamesTests
{
    [Fact]
    public void Every_count_has_a_name_of_its_own()
    {
        TcpCounters counters = new();
        FieldInfo[] fields = typeof(TcpCounters).GetFields();
        for (int i = 0; i < fields.Length; i++)
            fields[i].SetValue(counters, (long)i);

        Dictionary<string, long> shown = Enumerable.Range(0, TcpCounterNames.Count).ToDictionary(TcpCounterNames.NameOf, i => TcpCounterNames.Of(counters, i));

        Assert.Equal(fields.Length, shown.Count);
        for (int i = 0; i < fields.Length; i++)
            Assert.Equal(i, shown[char.ToLowerInvariant(fields[i].Name[0]) + fields[i].Name[1..]]);
    }
}
