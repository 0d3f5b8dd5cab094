using System;
using Guest.Core.Memory;

namespace Guest.Core.Tests;

/// <summary>Pages that devices give back when they go.</summary>
public sealed unsafe class PageRunTests
{
    [Fact]
    public void WhatIsTakenAndGivenBackInTurnTakesNoMoreMemory()
    {
        // Lengths that nothing else takes.
        const int Short = 1013;
        const int Long = 1019;
        PageRun small = PageRun.Take(Short);
        PageRun large = PageRun.Take(Long);
        byte* memory = small.Memory;
        for (int i = 0; i < 1000; i++)
        {
            memory[i] = 0xff;
            large.GiveBack();
            small.GiveBack();
            small = PageRun.Take(Short);
            large = PageRun.Take(Long);
            Assert.True(small.Memory == memory);
            Assert.True(large.Memory != memory);
            Assert.Equal(0, memory[i]);
        }
    }

    [Fact]
    public void PagesInUseAreNobodyElses()
    {
        const int Count = 1021;
        PageRun first = PageRun.Take(Count);
        PageRun second = PageRun.Take(Count);
        Assert.True(first.Memory != second.Memory);
    }
}
