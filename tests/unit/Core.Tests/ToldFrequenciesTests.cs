using Guest.Core.Cpu;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

public sealed class ToldFrequenciesTests
{
    private const ulong Megahertz = 1_000_000;

    [Fact]
    public void KVM_tells_both_where_the_frequency_is_fixed() =>
        Assert.Equal(
            new ToldFrequencies(2_400 * Megahertz, 1_000 * Megahertz),
            Read(Kvm(0x4000_0010, new CpuIdResult(2_400_000, 1_000_000, 0, 0))));

    [Fact]
    public void KVM_without_that_leaf_has_a_bus_of_a_gigahertz_and_says_nothing_of_the_rest() =>
        Assert.Equal(new ToldFrequencies(0, 1_000 * Megahertz), Read(Kvm(0x4000_0001, new CpuIdResult(2_400_000, 1, 0, 0))));

    [Fact]
    public void QEMUs_emulation_has_that_bus_and_its_processors_own_words_count_for_nothing()
    {
        FakeCpu cpu = new FakeCpu().Virtual().With(0x4000_0000, "TCGTCGTCGTCG", 0x4000_0001);
        cpu[0] = new CpuIdResult(0x16, 0, 0, 0);
        cpu[0x15] = new CpuIdResult(2, 200, 24_000_000, 0);

        Assert.Equal(new ToldFrequencies(0, 1_000 * Megahertz), Read(cpu));
    }

    [Fact]
    public void A_real_processor_tells_its_crystal_and_the_ratio()
    {
        FakeCpu cpu = Real(0x16, new CpuIdResult(2, 200, 24_000_000, 0));

        Assert.Equal(new ToldFrequencies(2_400 * Megahertz, 24 * Megahertz), Read(cpu));
    }

    [Fact]
    public void Where_the_crystal_is_not_told_it_follows_from_the_base_frequency()
    {
        FakeCpu cpu = Real(0x16, new CpuIdResult(2, 200, 0, 0));
        cpu[0x16] = new CpuIdResult(0xabcd_0960, 0, 0, 0);

        Assert.Equal(new ToldFrequencies(2_400 * Megahertz, 24 * Megahertz), Read(cpu));
    }

    [Theory]
    [InlineData(0x0dU, 2U, 200U)]
    [InlineData(0x15U, 0U, 200U)]
    [InlineData(0x15U, 2U, 0U)]
    [InlineData(0x15U, 2U, 200U)]
    public void What_is_not_there_is_not_told(uint lastLeaf, uint denominator, uint numerator) =>
        Assert.Equal(default, Read(Real(lastLeaf, new CpuIdResult(denominator, numerator, 0, 0))));

    [Fact]
    public void Under_an_unknown_hypervisor_the_processors_own_words_count_for_nothing()
    {
        FakeCpu cpu = Real(0x16, new CpuIdResult(2, 200, 24_000_000, 0)).Virtual();

        Assert.Equal(default, Read(cpu));
    }

    private static ToldFrequencies Read(FakeCpu cpu) => ToldFrequencies.Read(cpu, HypervisorIdentity.Find(cpu));

    private static FakeCpu Kvm(uint last, CpuIdResult frequencies)
    {
        FakeCpu cpu = new FakeCpu().Virtual().With(0x4000_0000, "KVMKVMKVM", last);
        cpu[0x4000_0010] = frequencies;
        return cpu;
    }

    private static FakeCpu Real(uint last, CpuIdResult ratio)
    {
        FakeCpu cpu = new();
        cpu[0] = new CpuIdResult(last, 0, 0, 0);
        cpu[0x15] = ratio;
        return cpu;
    }
}
