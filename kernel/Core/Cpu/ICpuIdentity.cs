namespace Guest.Core.Cpu;

/// <summary>Asks the processor what it is; under a hypervisor each question costs an exit.</summary>
public interface ICpuIdentity
{
    /// <summary>What <c>cpuid</c> answers for a leaf, subleaf 0.</summary>
    CpuIdResult Read(uint leaf);
}
