namespace Guest.Core.Cpu;

/// <summary>What <c>cpuid</c> leaves in its four registers.</summary>
public readonly record struct CpuIdResult(uint Eax, uint Ebx, uint Ecx, uint Edx);
