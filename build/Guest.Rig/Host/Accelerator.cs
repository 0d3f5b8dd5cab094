namespace Guest.Rig.Host;

/// <summary>What executes the guest's instructions.</summary>
public enum Accelerator
{
    /// <summary>QEMU translates them (TCG): runs anywhere; its times say nothing about hardware.</summary>
    Tcg,

    /// <summary>The processor itself, by KVM.</summary>
    Kvm,
}

/// <summary>Chooses an <see cref="Accelerator"/>.</summary>
public static class Accelerators
{
    /// <summary>Whether KVM runs guests here.</summary>
    public static bool KvmUsable => KvmRefusal is null;

    /// <summary>Why KVM cannot be used here; null if it can.</summary>
    public static string? KvmRefusal => KvmProbe.Refusal;

    /// <summary>Reads <c>auto</c>, <c>kvm</c> or <c>tcg</c>.</summary>
    public static Accelerator Parse(string text) => text switch
    {
        "auto" => KvmUsable ? Accelerator.Kvm : Accelerator.Tcg,
        "kvm" when KvmUsable => Accelerator.Kvm,
        "kvm" => throw new RigException($"KVM cannot be used here: {KvmRefusal}."),
        "tcg" => Accelerator.Tcg,
        _ => throw new RigException($"'{text}' is not an accelerator; they are auto, kvm and tcg."),
    };
}
