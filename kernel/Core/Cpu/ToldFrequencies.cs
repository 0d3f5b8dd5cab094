namespace Guest.Core.Cpu;

/// <summary>The frequencies that the processor or the hypervisor tells, so that nobody has to measure them.</summary>
/// <param name="TscPerSecond">The time-stamp counter's ticks in a second; 0 if they are not told.</param>
/// <param name="ApicPerSecond">The ticks in a second of the APIC's timer before it divides them; 0 if they are not told.</param>
internal readonly record struct ToldFrequencies(ulong TscPerSecond, ulong ApicPerSecond)
{
    private const uint CrystalLeaf = 0x15;
    private const uint BaseFrequencyLeaf = 0x16;
    private const uint HypervisorFrequencyLeaf = 0x10;
    private const ulong Kilohertz = 1_000;
    private const ulong Megahertz = 1_000_000;
    private const uint MegahertzMask = 0xffff;

    /// <summary>The bus of KVM's APIC (Linux, arch/x86/kvm/lapic.h, APIC_BUS_CYCLE_NS), and of QEMU's, which counts nanoseconds.</summary>
    private const ulong EmulatedBus = 1_000_000_000;

    /// <summary>Asks.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="hypervisor">Who answers beside it.</param>
    public static ToldFrequencies Read(ICpuIdentity cpu, HypervisorIdentity hypervisor)
    {
        switch (hypervisor.Kind)
        {
            case HypervisorKind.Kvm or HypervisorKind.VMware:
                return OfHypervisor(cpu, hypervisor);
            case HypervisorKind.Tcg:
                // Its time-stamp counter is the host's, or counts instructions, whatever processor it names.
                return new ToldFrequencies(0, EmulatedBus);
            default:
                return hypervisor.IsPresent ? default : OfProcessor(cpu);
        }
    }

    /// <summary>VMware's leaf (Linux, arch/x86/kernel/cpu/vmware.c), which QEMU gives a guest of KVM too whose frequency is fixed.</summary>
    private static ToldFrequencies OfHypervisor(ICpuIdentity cpu, HypervisorIdentity hypervisor)
    {
        uint leaf = hypervisor.FirstLeaf + HypervisorFrequencyLeaf;
        CpuIdResult told = hypervisor.LastLeaf >= leaf ? cpu.Read(leaf) : default;
        ulong bus = told.Ebx != 0 ? told.Ebx * Kilohertz : hypervisor.Kind == HypervisorKind.Kvm ? EmulatedBus : 0;
        return new ToldFrequencies(told.Eax * Kilohertz, bus);
    }

    /// <summary>A real processor's leaves (Intel SDM vol. 2A, CPUID): the crystal, and the time-stamp counter's ratio to it. Where the crystal is
    /// not told, it follows from the base frequency, which is the time-stamp counter's then.</summary>
    private static ToldFrequencies OfProcessor(ICpuIdentity cpu)
    {
        uint last = cpu.Read(0).Eax;
        CpuIdResult ratio = last >= CrystalLeaf ? cpu.Read(CrystalLeaf) : default;
        if (ratio.Eax == 0 || ratio.Ebx == 0)
            return default;
        if (ratio.Ecx != 0)
            return new ToldFrequencies((ulong)ratio.Ecx * ratio.Ebx / ratio.Eax, ratio.Ecx);
        ulong tsc = last >= BaseFrequencyLeaf ? (cpu.Read(BaseFrequencyLeaf).Eax & MegahertzMask) * Megahertz : 0;
        return new ToldFrequencies(tsc, tsc * ratio.Eax / ratio.Ebx);
    }
}
