using System.Collections.Generic;

namespace Guest.Testing;

/// <summary>The device's side of a queue, written from the specification and from nothing of the driver's.</summary>
public abstract class ModelRing
{
    /// <summary>Takes the next buffer that the driver has made available, or null.</summary>
    public abstract ModelChain? Pop();

    /// <summary>Returns a buffer; the driver sees it after <see cref="Flush"/>.</summary>
    public abstract void Fill(ModelChain chain, uint written);

    /// <summary>Returns whatever a lying device wants to.</summary>
    public abstract void FillRaw(uint id, uint written, int descriptors = 1);

    /// <summary>Shows the driver what was filled, and says whether it asked to be interrupted.</summary>
    public abstract bool Flush();

    /// <summary>Asks to be told of the next buffer.</summary>
    public abstract void WantNotification();

    /// <summary>Asks not to be told.</summary>
    public abstract void RefuseNotification();

    /// <summary>Returns one buffer at once.</summary>
    public bool Use(ModelChain chain, uint written)
    {
        Fill(chain, written);
        return Flush();
    }

    /// <summary>Takes every buffer there is.</summary>
    public List<ModelChain> PopAll()
    {
        List<ModelChain> all = [];
        while (Pop() is { } chain)
            all.Add(chain);
        return all;
    }
}
