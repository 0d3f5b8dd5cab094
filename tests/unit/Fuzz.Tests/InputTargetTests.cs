using System;
using System.IO;
using Guest.Fuzz.Guided;
using Guest.Fuzz.Inputs;

namespace Guest.Fuzz.Tests;

/// <summary>What holds for the inputs of the corpus holds for so many more that are made from them, with the same seed each time.</summary>
public sealed class InputTargetTests
{
    public static TheoryData<string, int> Targets => new()
    {
        { "frames", 2500 }, { "ipv6", 2500 }, { "tcp", 2500 }, { "dhcp", 2500 }, { "dns", 2500 }, { "fragments", 2500 }, { "xenstore", 4000 }, { "partitions", 2000 }, { "aml", 20_000 }, { "command-line", 20_000 },
    };

    [Fact]
    public void Every_target_is_tried_and_has_a_corpus()
    {
        Assert.Equal(InputTargets.All.Count, Targets.Count);
        foreach (InputTarget target in InputTargets.All)
            Assert.NotEmpty(Workplace.Read(Workplace.Of(target.Name).Corpus));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_and_what_is_made_from_it_hold(string target, int inputs)
    {
        (int exitCode, string output) = Fuzzer.Run(target, "--inputs", $"{inputs}", "--seed", "1");

        Assert.True(exitCode == 0, output);
        Assert.Contains("pairs of branches", output);
        Assert.DoesNotContain(" 0 pairs", output);
    }

    [Fact]
    public void A_process_that_dies_leaves_its_input()
    {
        string path = Path.GetTempFileName();
        using (CurrentInput current = new(path, 100))
            current.Set([1, 2, 3]);

        Assert.Equal([1, 2, 3], CurrentInput.Read(path));
        File.Delete(path);
    }
}
