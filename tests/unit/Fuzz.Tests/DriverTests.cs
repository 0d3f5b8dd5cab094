using System;
using Guest.Fuzz.Rings;

namespace Guest.Fuzz.Tests;

/// <summary>Every driver lives with a far side that lies, for so many steps, the same each time; <c>./guest fuzz DRIVER --steps 100000000</c> takes more.</summary>
public sealed class DriverTests
{
    private const int Steps = 1_000_000;
    private const int StepsOfSlowModel = 500_000;
    private const int StepsOfSlowestModel = 50_000;

    public static TheoryData<string> Drivers => [.. Array.ConvertAll(DriverKind.All, kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Drivers))]
    public void It_lives_and_works_again_once_the_far_side_behaves(string driver)
    {
        int steps = driver switch
        {
            "ide" or "ne2000" => StepsOfSlowestModel,
            "ahci" or "blkfront" => StepsOfSlowModel,
            _ => Steps,
        };
        (int exitCode, string output) = Fuzzer.Run(driver, "--steps", $"{steps}", "--seed", "1");

        Assert.True(exitCode == 0, output);
        Assert.Contains($"{steps} steps", output);
    }
}
