using System.Collections.Generic;
using Guest.Core.Memory;
using Guest.Net.Stack;
using Guest.Net.Wire;

namespace Guest.Net.Tests.Stack.Neighbours;

/// <summary>Entries are made as they are needed; without memory for more, those that there are serve.</summary>
public sealed class NeighbourTableTests
{
    private const int Capacity = 200;

    private readonly NeighbourTable _table = new(Capacity, seed: 1);

    [Fact]
    public void It_holds_as_many_hosts_as_it_was_made_for()
    {
        for (int i = 0; i < Capacity; i++)
            _table.Insert(Fresh(_table.ChooseForAsked()), Host(i), _table.Asked);

        Assert.Equal(Capacity, _table.Asked.Count);
        Assert.Same(_table.Find(Host(0)), _table.ChooseForAsked());
    }

    [Fact]
    public void Without_memory_hosts_that_are_asked_for_give_way_to_each_other()
    {
        PhysicalMemory.HaveNoSpare();
        int made = FillWith(_table.Asked);

        Assert.InRange(made, 1, Capacity - 1);
        Assert.Same(_table.Asked.First, _table.ChooseForAsked());
        Assert.Same(_table.Asked.First, _table.ChooseForHeard());
    }

    [Fact]
    public void Without_memory_another_host_takes_the_place_of_one_that_is_known()
    {
        PhysicalMemory.HaveNoSpare();
        FillWith(_table.Heard);

        Assert.Same(_table.Heard.First, _table.ChooseForAsked());
        Assert.Same(_table.Heard.First, _table.ChooseForHeard());
    }

    [Fact]
    public void Entries_that_were_freed_are_used_before_others_are_made()
    {
        PhysicalMemory.HaveNoSpare();
        FillWith(_table.Asked);
        Neighbour freed = _table.Find(Host(3))!;
        _table.Remove(freed);

        Assert.Same(freed, _table.ChooseForAsked());
    }

    private static IpAddress Host(int number) => IpAddress.FromIpv4(0x0a00_0000u + (uint)number);

    private static Neighbour Fresh(Neighbour entry)
    {
        Assert.Null(entry.List);
        return entry;
    }

    private int FillWith(NeighbourList list)
    {
        HashSet<Neighbour> made = [];
        for (Neighbour entry = _table.ChooseForAsked(); made.Add(entry); entry = _table.ChooseForAsked())
            _table.Insert(Fresh(entry), Host(made.Count), list);
        return made.Count - 1;
    }
}
