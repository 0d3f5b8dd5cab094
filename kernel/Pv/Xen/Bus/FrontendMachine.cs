namespace Guest.Pv.Xen;

/// <summary>The front end's half of the agreement on a device's life (io/xenbus.h), as one decision from what is written in the store.</summary>
/// <remarks>It decides from levels, never from edges: changes may be missed or come twice, the next look finds the right step.</remarks>
public static class FrontendMachine
{
    /// <summary>The next step.</summary>
    /// <param name="own">What this end last said.</param>
    /// <param name="back">What the back end says.</param>
    /// <param name="present">Whether the toolstack's nodes for the device are there.</param>
    /// <param name="sameBackend">Whether they still name the back end that this end knows.</param>
    /// <param name="online">Whether the toolstack wants the device to stay (the back end's <c>online</c> node).</param>
    /// <param name="broken">Whether this end refuses to go on with the present rings.</param>
    public static FrontendStep Next(
        XenBusState own, XenBusState back, bool present, bool sameBackend, bool online, bool broken)
    {
        if (!present)
            return own == XenBusState.Unknown ? FrontendStep.Wait : FrontendStep.Forget;
        if (own != XenBusState.Unknown && !sameBackend)
            return FrontendStep.Forget;
        bool backLeaves = back is XenBusState.Unknown or XenBusState.Closing or XenBusState.Closed;
        return own switch
        {
            XenBusState.Unknown => FrontendStep.Begin,
            XenBusState.Initialising => back switch
            {
                XenBusState.InitWait => FrontendStep.Connect,
                XenBusState.Closing => FrontendStep.Close,
                _ => FrontendStep.Wait,
            },
            XenBusState.Connected => broken || backLeaves ? FrontendStep.Close : FrontendStep.Wait,
            XenBusState.Closed => online && back is (XenBusState.Closed or XenBusState.InitWait or XenBusState.Initialising)
                ? FrontendStep.Restart
                : FrontendStep.Wait,
            _ => FrontendStep.Wait,
        };
    }
}
