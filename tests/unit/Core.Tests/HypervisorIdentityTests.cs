using Guest.Core.Cpu;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

public sealed class HypervisorIdentityTests
{
    [Theory]
    [InlineData("XenVMMXenVMM", HypervisorKind.Xen)]
    [InlineData("KVMKVMKVM", HypervisorKind.Kvm)]
    [InlineData("TCGTCGTCGTCG", HypervisorKind.Tcg)]
    [InlineData("VMwareVMware", HypervisorKind.VMware)]
    public void A_known_one_is_found_with_two_questions(string name, HypervisorKind kind)
    {
        FakeCpu cpu = new FakeCpu().Virtual().With(0x4000_0000, name, 0x4000_0010);

        Assert.Equal(new HypervisorIdentity(kind, 0x4000_0000, 0x4000_0010, true), HypervisorIdentity.Find(cpu));
        Assert.Equal(2, cpu.Questions);
    }

    [Theory]
    [InlineData("XenVMMXenVMM", HypervisorKind.Xen)]
    [InlineData("KVMKVMKVM", HypervisorKind.Kvm)]
    public void One_that_looks_like_Microsofts_first_is_found_behind_it(string name, HypervisorKind kind)
    {
        FakeCpu cpu = new FakeCpu().Virtual()
            .With(0x4000_0000, "Microsoft Hv", 0x4000_000a)
            .With(0x4000_0100, name, 0x4000_0105);

        Assert.Equal(new HypervisorIdentity(kind, 0x4000_0100, 0x4000_0105, true), HypervisorIdentity.Find(cpu));
    }

    [Fact]
    public void The_search_ends_with_the_leaves_that_there_are()
    {
        FakeCpu cpu = new FakeCpu().Virtual().With(0x4000_0000, "Microsoft Hv", 0x4000_000a);

        HypervisorIdentity found = HypervisorIdentity.Find(cpu);
        Assert.Equal((HypervisorKind.Unknown, true), (found.Kind, found.IsPresent));
        Assert.Equal(3, cpu.Questions);
    }

    [Fact]
    public void A_processor_of_its_own_is_asked_once()
    {
        FakeCpu cpu = new FakeCpu().With(0x4000_0000, "XenVMMXenVMM", 0x4000_0005);

        Assert.Equal(default, HypervisorIdentity.Find(cpu));
        Assert.Equal(1, cpu.Questions);
    }

    [Fact]
    public void A_last_leaf_of_zero_as_old_KVM_says_means_the_first() =>
        Assert.Equal(0x4000_0000U, HypervisorIdentity.Find(new FakeCpu().Virtual().With(0x4000_0000, "KVMKVMKVM", 0)).LastLeaf);
}
