using System.Collections.Generic;
using System.Text;
using Guest.Core.Cpu;

namespace Guest.Core.Tests.Fakes;

/// <summary>A processor that answers what a test wants, and counts the questions.</summary>
internal sealed class FakeCpu : ICpuIdentity
{
    private readonly Dictionary<uint, CpuIdResult> _leaves = [];

    public int Questions { get; private set; }

    public CpuIdResult this[uint leaf]
    {
        set => _leaves[leaf] = value;
    }

    /// <summary>Says that there is a hypervisor.</summary>
    public FakeCpu Virtual()
    {
        this[1] = new CpuIdResult(0, 0, 1u << 31, 0);
        return this;
    }

    /// <summary>Gives a hypervisor's leaves a place.</summary>
    public FakeCpu With(uint leaf, string name, uint last)
    {
        byte[] letters = Encoding.ASCII.GetBytes(name.PadRight(12, '\0'));
        this[leaf] = new CpuIdResult(last, Word(letters, 0), Word(letters, 4), Word(letters, 8));
        return this;
    }

    public CpuIdResult Read(uint leaf)
    {
        Questions++;
        return _leaves.GetValueOrDefault(leaf);
    }

    private static uint Word(byte[] letters, int at) => System.BitConverter.ToUInt32(letters, at);
}
