namespace Guest.Rig.Qemu;

/// <summary>Who types on a guest's console and reads QEMU's messages. What the guest prints is always the program's to pass on.</summary>
public enum ConsoleOwner
{
    /// <summary>The program that started the guest.</summary>
    Program,

    /// <summary>The person at the terminal.</summary>
    Person,
}
